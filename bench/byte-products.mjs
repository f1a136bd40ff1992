// How exact products of bytes are on this processor: node bench/byte-products.mjs, after npm run build
// Under `valgrind --tool=none`, whose processor has AVX2 and no VNNI, it shows what older processors do.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { writeModel } from '../packages/engine/dist/onnx/format/write-model.js';

const LENGTH = 64;
const [X, W] = [255, 127];

/** Unsigned bytes times signed ones, summed in 32 bits: all near their largest. */
const { bytes } = writeModel(
  {
    nodes: [
      { operator: 'MatMulInteger', domain: '', name: 'product', inputs: ['x', 'w'], outputs: ['y'], attributes: {} },
    ],
    initializers: [{ name: 'w', type: 'int8', dims: [LENGTH, 1], data: new Int8Array(LENGTH).fill(W) }],
    inputs: [{ name: 'x', type: 'uint8', dims: [1, LENGTH] }],
    outputs: [{ name: 'y', type: 'int32', dims: [1, 1] }],
  },
  'byte products',
  { whole: true },
);

for (const precise of [false, true]) {
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    extra: { session: { x64quantprecision: precise ? '1' : '0' } },
  });
  const { y } = await session.run({ x: new Tensor('uint8', new Uint8Array(LENGTH).fill(X), [1, LENGTH]) });
  const expected = LENGTH * X * W;
  const error = (100 * (expected - y.data[0])) / expected;
  console.log(
    `x64quantprecision ${precise ? 'on ' : 'off'}: ${y.data[0]}, exact ${expected}, off by ${error.toFixed(1)} %`,
  );
  await session.release();
}
