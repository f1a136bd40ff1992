import { Emitter } from '../onnx/lowering/emitter.js';
import { blockedProduct } from '../onnx/lowering/large-product.js';
import { writeModel } from '../onnx/format/write-model.js';
import { startSession, toFeed } from '../onnx/session.js';

/** The block that the lowering is written and measured for: that of processors with AVX-512. */
const BLOCK = 16;
const SIDE = 2 * BLOCK;

let found: Promise<number | undefined> | undefined;

/**
 * Channels in a block of ONNX Runtime's internal operators on this processor, found out once by a small product.
 * @returns undefined where there are no such operators, or their blocks have another size
 */
export function channelBlock(): Promise<number | undefined> {
  found ??= process.arch === 'x64' ? probe().catch(() => undefined) : Promise.resolve(undefined);
  return found;
}

async function probe(): Promise<number | undefined> {
  const emitter = new Emitter(false, BLOCK);
  const shape = [SIDE, SIDE];
  const side = { rows: SIDE, inner: SIDE, columns: SIDE };
  const result = blockedProduct(emitter, { a: 'a', b: 'b', turnedA: false, turnedB: false, ...side }, BLOCK);
  if (result === undefined) return undefined;
  emitter.emitNamed('Identity', [result], 'y');
  const port = (name: string) => ({ name, type: 'float32' as const, dims: shape });
  const model = writeModel(emitter.finish([port('a'), port('b')], [port('y')]), 'probe');
  const options = { executionProviders: ['cpu'], threads: 1, training: true, quiet: true };
  const session = await startSession(model, options);
  try {
    const a = Float32Array.from({ length: SIDE * SIDE }, (_, index) => (index * 7) % 11);
    const b = Float32Array.from({ length: SIDE * SIDE }, (_, index) => (index * 5) % 13);
    const { y } = await session.run({ a: toFeed(shape, a), b: toFeed(shape, b) });
    return sameProduct(a, b, y?.data) ? BLOCK : undefined;
  } finally {
    await session.release();
  }
}

/** Small whole numbers: the product is exact. */
function sameProduct(a: Float32Array, b: Float32Array, product: unknown): boolean {
  if (!(product instanceof Float32Array)) return false;
  return product.every((value, index) => {
    const [row, column] = [Math.floor(index / SIDE), index % SIDE];
    let sum = 0;
    for (let inner = 0; inner < SIDE; inner++) sum += (a[row * SIDE + inner] ?? 0) * (b[inner * SIDE + column] ?? 0);
    return sum === value;
  });
}
