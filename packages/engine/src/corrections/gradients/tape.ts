import * as tf from '@tensorflow/tfjs';

type Method = (...given: unknown[]) => unknown;

/**
 * Puts right two things about the tape that TensorFlow.js keeps of the ops that gradients go back through.
 *
 * - It notes the copy that a gradient keeps of its op's result (tanh, exp, softmax, square roots, ...) before the op itself. On the way
 *   through the tape the copy then comes from nowhere, and a gradient of the gradient silently lacks what flows through it.
 * - It fails on ops whose optional inputs were left out: `tf.batchNorm` without a scale or an offset.
 */
export function correctTape(): void {
  around('addTapeNode', (former) => (...given) => {
    const added = former(...given);
    const tape = tf.engine().state.activeTape ?? [];
    const node = tape.at(-1);
    if (node !== undefined) node.inputs = Object.fromEntries(Object.entries(node.inputs).filter(isGiven));
    putBeforeCopies(tape);
    return added;
  });
  around('saveTensorsForBackwardMode', (former) => (tensors, ...rest) => {
    const given: readonly unknown[] = Array.isArray(tensors) ? tensors : [];
    return former(
      given.filter((tensor) => tensor !== undefined && tensor !== null),
      ...rest,
    );
  });
}

type Tape = NonNullable<ReturnType<typeof tf.engine>['state']['activeTape']>;

/** Moves the last node of the tape before the nodes right before it that take its results. */
function putBeforeCopies(tape: Tape): void {
  const node = tape.at(-1);
  if (node === undefined) return;
  const results = new Set(node.outputs.map(({ id }) => id));
  let place = tape.length - 1;
  while (place > 0 && Object.values(tape[place - 1].inputs).some(({ id }) => results.has(id))) place -= 1;
  if (place < tape.length - 1) tape.splice(place, 0, ...tape.splice(-1));
}

function isGiven([, input]: readonly [string, tf.Tensor | undefined | null]): boolean {
  return input !== undefined && input !== null;
}

/** Puts a method of TensorFlow.js's engine into another. */
function around(name: string, make: (former: Method) => Method): void {
  const engine = tf.engine();
  const former: unknown = Reflect.get(engine, name);
  if (!isMethod(former)) throw new Error(`This TensorFlow.js keeps its tape in another way: it has no ${name}.`);
  const value = make((...given) => former.apply(engine, given));
  Reflect.defineProperty(engine, name, { value, configurable: true, writable: true });
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}
