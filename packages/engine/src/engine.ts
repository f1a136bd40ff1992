import type * as tf from '@tensorflow/tfjs';
import type { Quantization, RangeRule } from './onnx/quantization/quantization.js';

/** Element types that cross the border of a program. `bool` travels as one byte (0 or 1) per element. */
export type TensorDataType = 'float32' | 'int32' | 'bool';

/** Host data of a tensor, row-major: `Float32Array` for float32, `Int32Array` for int32, `Uint8Array` for bool. */
export type TensorData = Float32Array | Int32Array | Uint8Array;

/** Shape and element type of a tensor; `shape` is `[]` for a scalar. */
export interface TensorSpec {
  readonly dtype: TensorDataType;
  readonly shape: readonly number[];
}

/** A tensor on the host. `data` is row-major and has as many elements as the product of `shape`. */
export interface TensorValue extends TensorSpec {
  readonly data: TensorData;
}

/** Length of an axis: a number, or `batch`, the one length that may differ from run to run. */
export type AxisLength = number | 'batch';

/** Shape and element type of an input or output; axes that are `batch` are equally long within a run. */
export interface BatchedSpec {
  readonly dtype: TensorDataType;
  readonly shape: readonly AxisLength[];
}

export type NamedTensors = Readonly<Record<string, tf.Tensor>>;
export type NamedValues = Readonly<Record<string, TensorValue>>;
export type NamedSpecs = Readonly<Record<string, TensorSpec>>;
export type NamedBatchedSpecs = Readonly<Record<string, BatchedSpec>>;

export interface ProgramArguments {
  /** Values fixed at compile time: weights of a model that only predicts, frozen layers, tables. */
  readonly constants: NamedTensors;
  /** Values that live in the executable from one run to the next: trained parameters, optimizer moments, averages. */
  readonly state: NamedTensors;
  /** Values fed at each run: images, targets, learning rate, random key. */
  readonly inputs: NamedTensors;
}

export interface ProgramResult {
  /** Values handed back by each run. */
  readonly outputs: NamedTensors;
  /** New values of state entries, by name; an entry that is not named keeps its value. */
  readonly state?: NamedTensors;
}

/**
 * A pure function over named tensors, written in TensorFlow.js ops, gradients included.
 *
 * It is recorded once, with no data: it must not read a tensor's value, branch on one, use tensors that are not
 * its arguments, or draw host random numbers (`tf.dropout`, `tf.randomUniform`, ...; use the keyed draws of the SDK).
 */
export type Program = (args: ProgramArguments) => ProgramResult;

/**
 * What a program is compiled for. Shapes are static, but for axes of inputs that are marked `batch`: the executable then
 * takes batches of any size from 1, each computed as if the program had been compiled for it.
 */
export interface ProgramSignature {
  readonly constants: NamedValues;
  readonly state: NamedSpecs;
  readonly inputs: NamedBatchedSpecs;
}

/** The signature an executable was compiled for; values of constants are not kept. */
export interface ExecutableSignature {
  readonly constants: NamedSpecs;
  readonly state: NamedSpecs;
  readonly inputs: NamedBatchedSpecs;
}

export interface CompileOptions {
  /** Name used in error messages and profiles, for example `training-step`. */
  readonly label?: string;
  /** Computes in 8 bits, with what `calibrate` found; left out, in float32. Only on engines that calibrate. */
  readonly quantization?: Quantization;
}

/** What happened while a program was compiled; zero where a stage does not exist in the engine. */
export interface CompilationReport {
  readonly traceMilliseconds: number;
  readonly lowerMilliseconds: number;
  readonly sessionMilliseconds: number;
  /** Live TensorFlow.js kernels recorded. */
  readonly kernels: number;
  /** Nodes of the compiled graph. */
  readonly nodes: number;
  /** Where the session comes from: made anew, from the cache on disk, or shared with an equal program in this process. */
  readonly source: 'compiled' | 'disk' | 'memory';
}

/** A compiled program together with its state. Runs of one executable never overlap: a second `run` waits for the first. */
export interface Executable {
  readonly signature: ExecutableSignature;
  readonly outputs: NamedBatchedSpecs;
  readonly report: CompilationReport;
  /**
   * Runs the program once; state entries that it returns replace the old ones when it succeeds.
   * @param inputs exactly the inputs of the signature, each with its shape and element type
   * @throws EngineError if an input is missing, unknown or of the wrong shape or type, or state was never written
   * @returns the outputs, in arrays that belong to the caller
   */
  run(inputs: NamedValues): Promise<NamedValues>;
  /** Copies state entries to the host (all of them when `names` is left out). */
  readState(names?: readonly string[]): Promise<NamedValues>;
  /** Replaces state entries. Every entry must have been written once before the first run. */
  writeState(values: NamedValues): Promise<void>;
  dispose(): Promise<void>;
}

export const ENGINE_NAMES = ['onnxruntime', 'tensorflow', 'reference'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** What runs the programs, as reported over GraphQL. */
export interface EngineDescription {
  readonly name: EngineName;
  readonly version: string;
  /** `cpu`, `webgpu` or `cuda`. */
  readonly device: string;
  readonly threads: number;
}

/** Compiles programs. One contract for all engines; a program that runs on one gives the same numbers on the others. */
export interface Engine {
  readonly description: EngineDescription;
  /**
   * @throws UnsupportedProgramError naming the op, the reason and what to write instead; also for a program that is to take
   * any batch size and cannot, for example because it multiplies by a number that it derived from the size on the host
   * @throws QuantizationError if `quantization` was found for another program, or the engine computes in float32 only
   */
  compile(program: Program, signature: ProgramSignature, options?: CompileOptions): Promise<Executable>;
  /**
   * Runs a program without state on samples, to find how it can be computed in 8 bits: convolutions and matrix products with constant
   * weights, at a fraction of the time and with slightly other numbers.
   * @param samples inputs of single runs, typical of what the program will see
   * @param rules what is to be found, in the order of the answer
   * @throws QuantizationError on engines that compute in float32 only, for programs with state, and if there is nothing to compute in 8 bits
   */
  calibrate(
    program: Program,
    signature: ProgramSignature,
    samples: AsyncIterable<NamedValues> | Iterable<NamedValues>,
    rules: readonly RangeRule[],
    options?: Pick<CompileOptions, 'label'>,
  ): Promise<Quantization[]>;
  dispose(): Promise<void>;
}

/** Where compiled programs are kept from one process to the next. */
export interface CompiledCacheOptions {
  /** Made if it is not there; any number of processes may share it. */
  readonly folder: string;
  /** Those not used for longest are removed when the folder grows beyond this; 0 keeps nothing. */
  readonly maximumBytes: number;
  /** Told what went wrong with the cache; compiling goes on without it. */
  readonly log?: (message: string) => void;
}

export interface EngineOptions {
  /** `auto` (default): onnxruntime. */
  readonly engine?: EngineName | 'auto';
  /** Threads within one op; default: the number of available cores. */
  readonly threads?: number;
  /**
   * How idle threads of onnxruntime on the CPU wait for work within a run. `sleep` (default) spins for 50 microseconds, then leaves the core to
   * others; `spin` is quicker where nothing else runs on the machine, and much slower where something does.
   */
  readonly waiting?: 'sleep' | 'spin';
  /**
   * Execution providers of onnxruntime, in order; each must work here. `['auto']`: the first of cuda, webgpu and cpu that
   * does; names after `auto` give another order. Default `['cpu']`.
   */
  readonly executionProviders?: readonly string[];
  /** Default: nothing is kept on disk. */
  readonly cache?: CompiledCacheOptions;
}
