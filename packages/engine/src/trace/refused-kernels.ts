/** Why a kernel is not recorded, and what to write instead. */
export interface Refusal {
  readonly reason: string;
  readonly advice: string;
}

const DYNAMIC_SHAPE: Refusal = {
  reason: 'the shape of its result depends on values, and a compiled program has static shapes',
  advice: 'Mask with tf.where instead, or hand the tensor out as an output and do this after the run.',
};

const TEXT: Refusal = {
  reason: 'it works on text',
  advice: 'Convert text to numbers before the program, and feed those.',
};

const COMPLEX: Refusal = {
  reason: 'complex tensors do not exist in a compiled program',
  advice:
    'Compute with the real and imaginary parts as two float32 tensors; a Fourier transform is a tf.matMul with a table.',
};

const RAGGED: Refusal = {
  reason: 'ragged and sparse tensors do not exist in a compiled program',
  advice: 'Pad to a fixed size and mask.',
};

const DRAW: Refusal = {
  reason: 'it draws random numbers on the host',
  advice: 'Use the keyed draws (keyedUniform, or those of the SDK) with a key that is an input.',
};

const HOST_IMAGE: Refusal = {
  reason: 'it works on images of the host',
  advice: 'Augment and draw images before the program, and feed the result.',
};

const WARP: Refusal = {
  reason: 'TensorFlow.js itself transforms the first image of a batch only, and has no gradient for it',
  advice:
    'Transform images before the program; inside it, compute the places to read from and take them with tf.gatherND, or crop with tf.image.cropAndResize.',
};

/** Kernels that will not be recorded, by name. */
export const REFUSED_KERNELS: Readonly<Record<string, Refusal>> = {
  Complex: COMPLEX,
  ComplexAbs: COMPLEX,
  FFT: COMPLEX,
  IFFT: COMPLEX,
  Imag: COMPLEX,
  Real: COMPLEX,
  Draw: HOST_IMAGE,
  Transform: WARP,
  Multinomial: DRAW,
  NonMaxSuppressionV3: DYNAMIC_SHAPE,
  NonMaxSuppressionV4: DYNAMIC_SHAPE,
  NonMaxSuppressionV5: DYNAMIC_SHAPE,
  Unique: DYNAMIC_SHAPE,
  BroadcastArgs: DYNAMIC_SHAPE,
  RaggedGather: RAGGED,
  RaggedRange: RAGGED,
  RaggedTensorToTensor: RAGGED,
  SparseFillEmptyRows: RAGGED,
  SparseReshape: RAGGED,
  SparseSegmentMean: RAGGED,
  SparseSegmentSum: RAGGED,
  StaticRegexReplace: TEXT,
  StringNGrams: TEXT,
  StringSplit: TEXT,
  StringToHashBucketFast: TEXT,
};

export function refusalOf(kernel: string): Refusal {
  return (
    REFUSED_KERNELS[kernel] ?? {
      reason: `its kernel ${kernel} is not in the list of docs/engine-coverage.md`,
      advice: 'Write it with the ops of that list.',
    }
  );
}
