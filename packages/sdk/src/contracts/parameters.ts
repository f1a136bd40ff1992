/** How a parameter gets its first value. Random ones are drawn from `(run seed, 'initialisation', parameter name)`. */
export type Initializer =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  | { readonly kind: 'constant'; readonly value: number }
  /** Uniform in `[-bound, bound)`. */
  | { readonly kind: 'uniform'; readonly bound: number }
  /** Normal with mean 0 and the given standard deviation. */
  | { readonly kind: 'normal'; readonly standardDeviation: number }
  /** Computed or loaded values, row-major. Called at most once for each start of a run. */
  | { readonly kind: 'values'; readonly load: () => Float32Array | Promise<Float32Array> };

/** One named tensor of a model, all float32. */
export interface ParameterSpec {
  /** Full name in the official PyTorch state dict: `transformer.decoder.layers.0.multihead_attn.in_proj_weight`. */
  readonly name: string;
  /** Shape in PyTorch's layout: convolutions `[out, in / groups, height, width]`, linear layers `[out, in]`. */
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /**
   * `trainable`: has a gradient and is updated by the optimizer. `frozen`: a parameter that keeps its value.
   * `buffer`: not a parameter (running statistics); may be replaced by the forward pass in training.
   */
  readonly role: 'trainable' | 'frozen' | 'buffer';
}

/** A buffer of the official state dict that follows from options and image size; see `ParameterDeclarations.published`. */
export interface PublishedBuffer {
  /** Full name. */
  readonly name: string;
  readonly shape: readonly number[];
  /** What exports write; PyTorch's whole numbers of 64 bits take those of 32. */
  readonly dtype: 'float32' | 'int32';
  readonly values: () => Float32Array;
}

/** Collects the parameters that a component declares while it is built. */
export interface ParameterDeclarations {
  /** Prefix of the names declared here, with its final dot; empty at the top. */
  readonly prefix: string;
  /**
   * Declares a parameter and returns its full name, to be handed to `ForwardScope.parameter`.
   * @throws if the name is taken or the shape is not of positive whole numbers
   */
  declare(name: string, shape: readonly number[], initializer: Initializer, role?: ParameterSpec['role']): string;
  /**
   * Declares values that follow from the options and the image size (a position table, an index map): constants of the
   * program, in no checkpoint and no state dict. Returns the full name, to be handed to `ForwardScope.parameter`.
   */
  table(name: string, shape: readonly number[], values: Float32Array): string;
  /**
   * Says that the official state dict holds a buffer whose values follow from the options and the image size (a position table, an
   * index map) and that no program here reads. Exports hold it, so that PyTorch loads them strictly; imports check it.
   * @param values row-major, computed when asked for
   * @param dtype int32 for buffers of whole numbers: counters, index maps. Default float32
   */
  published(name: string, shape: readonly number[], values: () => Float32Array, dtype?: PublishedBuffer['dtype']): void;
  /** The same collection with a longer prefix: `scope('layer1')` turns `0.conv1.weight` into `layer1.0.conv1.weight`. */
  scope(prefix: string): ParameterDeclarations;
}
