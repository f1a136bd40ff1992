import type { NoAttributes } from './attributes.js';
import type {
  AlphaAttributes,
  AxisAttributes,
  ClipAttributes,
  ConvolutionAttributes,
  CumulativeAttributes,
  DilationAttributes,
  GatherAttributes,
  KeyedUniformAttributes,
  MatMulAttributes,
  MirrorPadAttributes,
  NormalizationAttributes,
  OneHotAttributes,
  PadAttributes,
  PermutationAttributes,
  PoolAttributes,
  ReductionAttributes,
  ResizeAttributes,
  ReverseAttributes,
  SliceAttributes,
  TopKAttributes,
} from './attributes.js';

/** One input `[x]`; the output has its shape. Named and defined as in TensorFlow. */
export const UNARY_OPERATIONS = [
  'Abs',
  'Acos',
  'Acosh',
  'Asin',
  'Asinh',
  'Atan',
  'Atanh',
  'Cast',
  'Ceil',
  'Cos',
  'Cosh',
  'Elu',
  'Erf',
  'Exp',
  'Expm1',
  'Floor',
  'IsFinite',
  'IsInf',
  'IsNan',
  'Log',
  'Log1p',
  'LogicalNot',
  'Neg',
  'Reciprocal',
  'Relu',
  'Relu6',
  'Round',
  'Rsqrt',
  'Selu',
  'Sigmoid',
  'Sign',
  'Sin',
  'Sinh',
  'Softplus',
  'Sqrt',
  'Square',
  'Tan',
  'Tanh',
] as const;
export type UnaryOperation = (typeof UNARY_OPERATIONS)[number];

/** Two inputs `[a, b]`, broadcast against each other. Named and defined as in TensorFlow. */
export const BINARY_OPERATIONS = [
  'Add',
  'Atan2',
  'BitwiseAnd',
  'Equal',
  'FloorDiv',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'LogicalAnd',
  'LogicalOr',
  'Maximum',
  'Minimum',
  'Mod',
  'Multiply',
  'NotEqual',
  'Pow',
  'RealDiv',
  'SquaredDifference',
  'Sub',
] as const;
export type BinaryOperation = (typeof BINARY_OPERATIONS)[number];

export const REDUCTIONS = ['All', 'Any', 'Max', 'Mean', 'Min', 'Prod', 'Sum'] as const;
export type Reduction = (typeof REDUCTIONS)[number];

/** Operations with attributes, or with inputs of their own kind (listed in order). Images are NHWC, filters HWIO. */
interface OtherOperations {
  /** `[x]`, or `[]` on no axis. */
  ArgMax: AxisAttributes;
  ArgMin: AxisAttributes;
  /** `[x, dy]` -> x's shape. */
  AvgPoolGrad: PoolAttributes;
  AvgPool: PoolAttributes;
  /** `[a, b]`, matrices in the last two axes, the others broadcast. */
  BatchMatMul: MatMulAttributes;
  /** `[x]`; the shape is the value's. */
  BroadcastTo: NoAttributes;
  ClipByValue: ClipAttributes;
  /** `[first, second, ...]`. */
  Concat: AxisAttributes;
  /** `[x, filter]`. */
  Conv2D: ConvolutionAttributes;
  /** `[x, dy]` -> filter. */
  Conv2DBackpropFilter: ConvolutionAttributes;
  /** `[dy, filter]` -> x. */
  Conv2DBackpropInput: ConvolutionAttributes;
  Cumprod: CumulativeAttributes;
  Cumsum: CumulativeAttributes;
  /** `[x, filter]`; the filter is `[height, width, channels, multiplier]`. */
  DepthwiseConv2D: ConvolutionAttributes;
  /** `[x, dy]` -> filter. */
  DepthwiseConv2DBackpropFilter: ConvolutionAttributes;
  /** `[dy, filter]` -> x. */
  DepthwiseConv2DBackpropInput: ConvolutionAttributes;
  /** `[x, filter]`: grey-scale morphological dilation. */
  Dilation2D: DilationAttributes;
  /** `[x, indices]`; with batch dimensions, the axis is the first after them. */
  Gather: GatherAttributes;
  /** `[params, indices]`. */
  GatherNd: NoAttributes;
  /** `[key]`: uniform draws in `[0, 1)` of the value's shape. */
  KeyedUniform: KeyedUniformAttributes;
  LeakyRelu: AlphaAttributes;
  LocalResponseNormalization: NormalizationAttributes;
  MaxPool: PoolAttributes;
  /** `[x, dy]` -> x's shape. */
  MaxPoolGrad: PoolAttributes;
  /** Positions of the maxima in the flattened image (without the batch), int32. */
  MaxPoolPositions: PoolAttributes;
  MirrorPad: MirrorPadAttributes;
  /** `[indices]`. */
  OneHot: OneHotAttributes;
  Pad: PadAttributes;
  /** `[dy, y]`: dy where y is positive, else 0. */
  ReluGrad: NoAttributes;
  /** `[x]`; the shape is the value's. */
  Reshape: NoAttributes;
  ResizeBilinear: ResizeAttributes;
  ResizeNearestNeighbor: ResizeAttributes;
  Reverse: ReverseAttributes;
  /** `[target, indices, updates]`: updates are added to the slices of target that the rows of indices name. */
  ScatterAdd: NoAttributes;
  /** `[target, indices, updates]`: updates replace the slices of target that the rows of indices name. */
  ScatterUpdate: NoAttributes;
  /** `[condition, whenTrue, whenFalse]`, broadcast. */
  Select: NoAttributes;
  Slice: SliceAttributes;
  Softmax: AxisAttributes;
  /** `[x]`: the sum of x's squares. */
  SquaredSum: ReductionAttributes;
  /** 1 where x > 0, alpha elsewhere. */
  Step: AlphaAttributes;
  Tile: NoAttributes;
  TopKIndices: TopKAttributes;
  TopKValues: TopKAttributes;
  Transpose: PermutationAttributes;
}

/** The attributes of each operation of a graph, by name. */
export type OperationAttributes = Record<UnaryOperation | BinaryOperation, NoAttributes> &
  Record<Reduction, ReductionAttributes> &
  OtherOperations;

export type OperationName = keyof OperationAttributes;
