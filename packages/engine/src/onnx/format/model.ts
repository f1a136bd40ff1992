/** The parts of an ONNX model that the lowering makes (https://onnx.ai/onnx/repo-docs/IR.html). */

/** Element types by their number in ONNX. */
export const ONNX_TYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
  uint32: 12,
} as const;
export type OnnxType = keyof typeof ONNX_TYPES;

export type OnnxData = Float32Array | Int32Array | Uint32Array | Uint8Array | Int8Array | BigInt64Array;

/** A float attribute is wrapped, to be told from an integer. */
export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly operator: string;
  /** Operator set; empty for the standard one. */
  readonly domain: string;
  readonly name: string;
  /** An empty name leaves an optional input out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A named tensor inside the model. */
export interface OnnxInitializer {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: readonly number[];
  readonly data: OnnxData;
}

/** A graph input or output; a word stands for a length that is known when the model runs. */
export interface OnnxPort {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: readonly (number | string)[];
}

/** A graph output that is a list of tensors. */
export interface OnnxListPort {
  readonly name: string;
  readonly elements: OnnxType;
}

export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxPort[];
  /** Outputs that are lists; they come before the others. @default none */
  readonly lists?: readonly OnnxListPort[];
  readonly outputs: readonly OnnxPort[];
}
