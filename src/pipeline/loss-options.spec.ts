import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEngine, type Engine, type NamedValues, type TensorValue } from '@query2label/engine';
import { createForwardScope, gradientsOf, z } from '@query2label/sdk';
import { builtInPlugin, registryOf } from '../../test/support/component-registry.js';
import { isRecord } from '../common/guards.js';
import type { ComponentRegistry } from '../plugin/index.js';

const LOSSES = ['asymmetric', 'simplified-asymmetric', 'binary-cross-entropy', 'focal', 'distribution-balanced'];
const PLUGINS = ['asymmetric-loss', 'binary-cross-entropy', 'focal-loss', 'distribution-balanced-loss'];

/** -200 to 200, close together in the middle. */
const LOGITS = [...[-200, -104, -88, -50, -17], ...Array.from({ length: 21 }, (_, index) => index - 10), 17, 50, 89, 104, 200]; // prettier-ignore
const LABELS = LOGITS.length;
const TARGETS = [-1, 0, 1];
/** Losses that are compiled together. */
const CHUNK = 40;

type Options = Readonly<Record<string, unknown>>;

let registry: ComponentRegistry;
let engine: Engine;
beforeAll(async () => {
  registry = await registryOf(...PLUGINS.map(builtInPlugin));
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.dispose());

const matrix = (rows: readonly (readonly number[])[]): TensorValue => ({
  dtype: 'float32',
  shape: [rows.length, rows[0].length],
  data: Float32Array.from(rows.flat()),
});

/** Both ends of the range of an option, or each of its choices. */
function extremesOf(schema: unknown): readonly unknown[] {
  if (!isRecord(schema)) throw new Error(`no schema: ${JSON.stringify(schema)}`);
  if (Array.isArray(schema.enum)) return schema.enum;
  if (schema.type === 'boolean') return [false, true];
  const least = Number(schema.minimum ?? Number(schema.exclusiveMinimum) + 1e-6);
  const most = Number(schema.maximum ?? Number(schema.exclusiveMaximum) - 1e-6);
  if (Number.isFinite(least) && Number.isFinite(most)) return [least, most];
  throw new Error(`an option without ends: ${JSON.stringify(schema)}`);
}

/** The extremes of every two options together, the others at their defaults; and all least, and all most. */
function combinations(name: string): readonly Options[] {
  const { properties } = z.toJSONSchema(registry.get('loss', name).options, { io: 'input' });
  const all = Object.entries(properties ?? {}).map(([option, schema]) => [option, extremesOf(schema)] as const);
  const pairs = all.flatMap(([one, ofOne], index) =>
    all
      .slice(index + 1)
      .flatMap(([other, ofOther]) =>
        ofOne.flatMap((value) => ofOther.map((another) => ({ [one]: value, [other]: another }))),
      ),
  );
  const ends = [0, -1].map((end) => Object.fromEntries(all.map(([option, values]) => [option, values.at(end)])));
  return [{}, ...ends, ...pairs];
}

/** Value and gradient of a loss under each of several options, computed by onnxruntime in one program. */
async function computed(
  name: string,
  options: readonly Options[],
  inputs: { readonly logits: TensorValue; readonly targets: TensorValue },
): Promise<readonly { readonly value: number; readonly gradient: ArrayLike<number> }[]> {
  const [rows, columns] = inputs.logits.shape;
  const training = { imageCount: 60, positives: Array.from({ length: columns }, (_, label) => (label * 7) % 61) };
  const losses = options.map((chosen) => {
    const loss = registry.resolve('loss', { name, options: chosen });
    return loss.provider.build(loss.options, { labelCount: columns, training });
  });
  const executable = await engine.compile(
    ({ inputs: given }) => {
      const scope = createForwardScope({ parameters: {}, training: true });
      const outputs = losses.flatMap((loss, index) => {
        const { value, gradients } = gradientsOf(
          () => ({ value: loss.forward(scope, given.logits.as2D(rows, columns), given.targets.as2D(rows, columns)) }),
          { logits: given.logits },
        );
        if (gradients.logits === undefined) throw new Error(`${name} does not depend on the logits.`);
        return [[`${index}/value`, value] as const, [`${index}/gradient`, gradients.logits] as const];
      });
      return { outputs: Object.fromEntries(outputs) };
    },
    { constants: {}, state: {}, inputs },
    { label: `losses-${name}` },
  );
  const outputs: NamedValues = await executable.run(inputs).finally(() => executable.dispose());
  return losses.map((_, index) => ({
    value: outputs[`${index}/value`].data[0],
    gradient: outputs[`${index}/gradient`].data,
  }));
}

describe.each(LOSSES)('%s, whatever its options', (name) => {
  it('is finite with finite gradients for logits from -200 to 200, and knows nothing of unknown labels', async () => {
    const inputs = {
      logits: matrix(TARGETS.map(() => LOGITS)),
      targets: matrix(TARGETS.map((target) => LOGITS.map(() => target))),
    };
    const all = combinations(name);
    expect(all.length).toBeGreaterThan(6);
    for (let start = 0; start < all.length; start += CHUNK) {
      const chunk = all.slice(start, start + CHUNK);
      const results = await computed(name, chunk, inputs);
      const faults = chunk.filter((_, index) => {
        const { value, gradient } = results[index];
        const slopes = Array.from(gradient);
        const isUnknownTold = slopes.slice(0, LABELS).some((slope) => slope !== 0);
        return !(Number.isFinite(value) && value >= 0) || !slopes.every(Number.isFinite) || isUnknownTold;
      });
      expect(faults).toEqual([]);
    }
  }, 60_000);

  it('smooths every target by the same share, and leaves unknown labels out', async () => {
    const logits = matrix([[0.3, -1.2, 2, -0.4, 0.7]]);
    const [smoothing, truth] = [0.2, [1, 0, 1, 0, -1]];
    const unknown = truth.map(() => -1);
    for (let label = 0; label < truth.length; label += 1) {
      // one label at a time: what a loss weighs by the other labels of an image stays out of it
      const only = (target: number): TensorValue => matrix([unknown.with(label, target)]);
      const at = async (target: number): Promise<readonly number[]> =>
        (await computed(name, [{}, { labelSmoothing: smoothing }], { logits, targets: only(target) })).map(
          ({ value }) => value,
        );
      const [[present, smoothedPresent], [absent, smoothedAbsent]] = [await at(1), await at(0)];
      // distribution-balanced weighs a label by its unsmoothed truth: the weight of the only present label is fixed, 1.0997 against 1.1
      const weight = name === 'distribution-balanced' ? (0.1 + 1 / (1 + Math.exp(-8))) / 1.1 : 1;
      const share = smoothing / 2;
      expect(smoothedPresent / ((1 - share) * present + share * absent * weight)).toBeCloseTo(1, 5);
      expect(smoothedAbsent / ((1 - share) * absent + (share * present) / weight)).toBeCloseTo(1, 5);
    }
    const [nothing] = await computed(name, [{ labelSmoothing: smoothing }], { logits, targets: matrix([unknown]) });
    expect(nothing.value).toBe(0);
  }, 60_000);
});
