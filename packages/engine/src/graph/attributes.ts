/** Attributes of the operations of a graph. Axes are never negative; shapes and sizes are whole numbers. */

export type NoAttributes = Readonly<Record<string, never>>;

export interface AlphaAttributes {
  readonly alpha: number;
}

export interface AxisAttributes {
  readonly axis: number;
}

export interface ClipAttributes {
  readonly minimum: number;
  readonly maximum: number;
}

/** `[height, width]`. */
export type Pair = readonly [number, number];

/** `[top, left, bottom, right]`, as ONNX orders them. */
export type Padding2D = readonly [number, number, number, number];

export interface WindowAttributes {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  /** Bottom and right are at least what the output size calls for. */
  readonly padding: Padding2D;
}

export type ConvolutionAttributes = WindowAttributes;

export type PoolAttributes = WindowAttributes;

export type DilationAttributes = WindowAttributes;

export interface CumulativeAttributes {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

export interface GatherAttributes {
  readonly axis: number;
  /** Leading axes that `x` and `indices` share. */
  readonly batchDimensions: number;
}

export interface KeyedUniformAttributes {
  readonly salt: number;
}

export interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** One `[before, after]` for each axis. */
export type Paddings = readonly Pair[];

export interface PadAttributes {
  readonly paddings: Paddings;
  readonly constant: number;
}

export interface MirrorPadAttributes {
  readonly paddings: Paddings;
  readonly mode: 'reflect' | 'symmetric';
}

export interface NormalizationAttributes {
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

export interface OneHotAttributes {
  readonly depth: number;
  readonly onValue: number;
  readonly offValue: number;
}

/** Axis j of the output is axis `permutation[j]` of the input. */
export interface PermutationAttributes {
  readonly permutation: readonly number[];
}

export interface ReductionAttributes {
  readonly axes: readonly number[];
  readonly keepDimensions: boolean;
}

export interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

export interface ReverseAttributes {
  readonly axes: readonly number[];
}

/** Begin (inclusive) and stride of each axis; the sizes are the value's shape. */
export interface SliceAttributes {
  readonly begin: readonly number[];
  readonly strides: readonly number[];
}

export interface TopKAttributes {
  readonly k: number;
}
