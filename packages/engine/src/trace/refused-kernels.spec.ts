import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { UnsupportedProgramError, createEngine } from '../index.js';
import { testedEngine } from '../testing/tested-engine.js';
import { REFUSED_KERNELS } from './refused-kernels.js';

/** The op of TensorFlow.js that calls a refused kernel. */
interface RefusedCall {
  /** As errors name it. */
  readonly op: string;
  readonly call: (x: tf.Tensor) => unknown;
}

// Complex and text tensors cannot be made inside a program: those here come from outside, and are never read.
const complex = tf.complex([1, 2], [3, 4]);
const text = tf.tensor1d(['a b', 'c']);
const letter = tf.scalar(' ', 'string');
const boxes = tf.tensor2d([[0, 0, 1, 1]]);
const scores = tf.tensor1d([0.5]);
const places = tf.tensor2d([[0, 0]], [1, 2], 'int32');
const whole = tf.tensor1d([0, 1], 'int32');
const one = tf.scalar(1);

/** A canvas is never touched: the kernel is refused before. */
const canvas = JSON.parse('{}') as HTMLCanvasElement;

const calls: Readonly<Record<string, RefusedCall>> = {
  BroadcastArgs: { op: 'tf.broadcastArgs', call: () => tf.broadcastArgs(whole, whole) },
  Complex: { op: 'tf.complex', call: (x) => tf.complex(x, x) },
  ComplexAbs: { op: 'tf.abs', call: () => tf.abs(complex) },
  Draw: { op: 'The program', call: (x) => tf.browser.draw(x as tf.Tensor2D, canvas) },
  FFT: { op: 'tf.fft', call: () => tf.fft(complex) },
  IFFT: { op: 'tf.ifft', call: () => tf.ifft(complex) },
  Imag: { op: 'tf.imag', call: () => tf.imag(complex) },
  Multinomial: { op: 'tf.multinomial', call: (x) => tf.multinomial(x as tf.Tensor2D, 2, 7) },
  NonMaxSuppressionV3: { op: 'tf.nonMaxSuppression', call: () => tf.image.nonMaxSuppression(boxes, scores, 1) },
  NonMaxSuppressionV4: {
    op: 'tf.nonMaxSuppressionPadded',
    call: () => tf.image.nonMaxSuppressionPadded(boxes, scores, 1),
  },
  NonMaxSuppressionV5: {
    op: 'tf.nonMaxSuppressionWithScore',
    call: () => tf.image.nonMaxSuppressionWithScore(boxes, scores, 1),
  },
  RaggedGather: { op: 'tf.raggedGather', call: (x) => tf.raggedGather([whole], x, whole, 1) },
  RaggedRange: { op: 'tf.raggedRange', call: () => tf.raggedRange(whole, whole, whole) },
  RaggedTensorToTensor: {
    op: 'tf.raggedTensorToTensor',
    call: (x) => tf.raggedTensorToTensor(whole, x, one, [whole], ['ROW_SPLITS']),
  },
  Real: { op: 'tf.real', call: () => tf.real(complex) },
  SparseFillEmptyRows: {
    op: 'tf.sparseFillEmptyRows',
    call: () => tf.sparse.sparseFillEmptyRows(places, scores, whole, one),
  },
  SparseReshape: { op: 'tf.sparseReshape', call: () => tf.sparse.sparseReshape(places, whole, whole) },
  SparseSegmentMean: { op: 'tf.sparseSegmentMean', call: (x) => tf.sparse.sparseSegmentMean(x, whole, whole) },
  SparseSegmentSum: { op: 'tf.sparseSegmentSum', call: (x) => tf.sparse.sparseSegmentSum(x, whole, whole) },
  StaticRegexReplace: { op: 'tf.staticRegexReplace', call: () => tf.string.staticRegexReplace(text, 'a', 'b') },
  StringNGrams: {
    op: 'tf.stringNGrams',
    call: () => tf.string.stringNGrams(text, whole, ' ', [1], '', '', 0, false),
  },
  StringSplit: { op: 'tf.stringSplit', call: () => tf.string.stringSplit(text, letter) },
  StringToHashBucketFast: { op: 'tf.stringToHashBucketFast', call: () => tf.string.stringToHashBucketFast(text, 3) },
  Transform: {
    op: 'tf.transform',
    call: (x) => tf.image.transform(tf.reshape<tf.Rank.R4>(x, [1, 2, 3, 1]), tf.ones<tf.Rank.R2>([1, 8])),
  },
  Unique: { op: 'tf.unique', call: (x) => tf.unique(x) },
};

describe('a kernel that is refused', () => {
  const engine = createEngine(testedEngine());
  afterAll(async () => {
    tf.dispose([complex, text, letter, boxes, scores, places, whole, one]);
    await (await engine).dispose();
  });

  it('has a case here, each of them', () => {
    expect(Object.keys(calls).sort()).toEqual(Object.keys(REFUSED_KERNELS).sort());
  });

  it.each(Object.entries(calls))('%s: is refused by name, with the reason and what to write', async (kernel, given) => {
    const { reason, advice } = REFUSED_KERNELS[kernel];
    const compiled = (await engine).compile(
      ({ inputs }) => {
        given.call(inputs.x);
        return { outputs: { x: inputs.x } };
      },
      { constants: {}, state: {}, inputs: { x: { dtype: 'float32', shape: [2, 3] } } },
    );
    await expect(compiled).rejects.toThrow(new UnsupportedProgramError(given.op, reason, advice));
  });
});
