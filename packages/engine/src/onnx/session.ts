import * as ort from 'onnxruntime-node';
import type { NamedValues, TensorData, TensorValue } from '../engine.js';
import { EngineError } from '../errors.js';
import { clipsByteProducts } from './byte-products.js';
import type { SerializedModel } from './format/write-model.js';
import { holdsType } from '../tensor-value.js';
import type { ModelPort } from './lowering/model-ports.js';

export interface SessionOptions {
  readonly executionProviders: readonly string[];
  /** Threads within one operator. */
  readonly threads: number;
  /** How idle threads wait within a run: `sleep` (default) after {@link BRIEFLY}, or `spin`. Between runs they sleep. */
  readonly waiting?: 'sleep' | 'spin';
  /** Whether the program changes state: its memory is then released between operators, not planned as one block. */
  readonly training: boolean;
  /** Outputs that stay in buffers of the device; default none. */
  readonly deviceOutputs?: readonly string[];
  /** Nodes that WebGPU must leave to the CPU; default none. */
  readonly hostNodes?: readonly string[];
  /** Writes nothing about failures to standard error; default false. */
  readonly quiet?: boolean;
}

const CLIPS_BYTE_PRODUCTS = clipsByteProducts();

/**
 * Microseconds for which a thread spins before it sleeps: as long as it takes to be woken up, and as most operators of one thread between
 * operators of several take. On a machine in use it costs a few hundredths of the processor time.
 */
const BRIEFLY = 50;

/** Name of the file beside an optimised model that holds its large tensors. */
const OPTIMIZED_TENSORS = 'tensors.bin';

/**
 * Starts an ONNX Runtime session.
 * @param optimizedModel where to write the model as it was optimised for this machine, if it is to be kept; its large
 * tensors go to a file beside it
 */
export function startSession(
  { bytes, external }: SerializedModel,
  options: SessionOptions,
  optimizedModel?: string,
): Promise<ort.InferenceSession> {
  const settings = settingsOf(options);
  if (optimizedModel === undefined) return ort.InferenceSession.create(bytes, { ...settings, externalData: external });
  return ort.InferenceSession.create(bytes, {
    ...settings,
    externalData: external,
    optimizedModelFilePath: optimizedModel,
    extra: {
      session: {
        ...settings.extra.session,
        optimized_model_external_initializers_file_name: OPTIMIZED_TENSORS,
        optimized_model_external_initializers_min_size_in_bytes: '1024',
      },
    },
  });
}

/** Starts a session with a model that was optimised and kept. */
export function loadOptimized(path: string, options: SessionOptions): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(path, { ...settingsOf(options), graphOptimizationLevel: 'disabled' });
}

function settingsOf(options: SessionOptions) {
  const { executionProviders, threads, training, waiting = 'sleep', deviceOutputs = [], quiet } = options;
  if (executionProviders.includes('cuda')) keepAllBitsOnCuda();
  return {
    executionProviders: executionProviders.map((name) => providerOf(name, options)),
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    enableMemPattern: !training,
    logSeverityLevel: quiet === true ? 4 : 3,
    preferredOutputLocation: Object.fromEntries(deviceOutputs.map((name) => [name, 'gpu-buffer'] as const)),
    extra: {
      ...(executionProviders.includes('webgpu') && {
        optimization: { disable_specified_optimizers: TURNING_PRODUCTS },
      }),
      session: {
        // Threads that wait by spinning take the cores from other processes, and after a run from the updates of state.
        intra_op: { allow_spinning: '1', ...(waiting === 'sleep' && { spin_duration_us: String(BRIEFLY) }) },
        force_spinning_stop: '1',
        set_denormal_as_zero: '1',
        // Else it makes bytes of weights that quantizeModel left in float32, with one scale for all channels.
        disable_quant_qdq: '1',
        // Makes unsigned weights of signed ones: exact, and slower, also where there is AMX; so not everywhere.
        x64quantprecision: CLIPS_BYTE_PRODUCTS ? '1' : '0',
      },
    },
  } as const;
}

/**
 * CUDA's libraries multiply float32 in TF32, with 10 bits of the fraction, unless told otherwise before they start; onnxruntime-node has no
 * option for it. Who sets the variable decides.
 */
function keepAllBitsOnCuda(): void {
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
}

/** Optimizers that make transpositions a part of products, which WebGPU has no kernel for, or a slow one. */
const TURNING_PRODUCTS = 'GemmTransposeFusion;MatmulTransposeFusion';

function providerOf(name: string, { hostNodes = [] }: SessionOptions): ort.InferenceSession.ExecutionProviderConfig {
  if (name !== 'webgpu') return name;
  return {
    name: 'webgpu',
    // Each run asks for buffers of the same sizes; the default keeps few of the large ones, and makes the others anew.
    storageBufferCacheMode: 'simple',
    ...(hostNodes.length > 0 && { forceCpuNodeNames: hostNodes }),
  };
}

/** A tensor of extents in memory over a host array, without a copy. */
export function toFeed(shape: readonly number[], data: TensorData): ort.Tensor {
  const dims = [...shape];
  if (data instanceof Float32Array) return new ort.Tensor('float32', data, dims);
  return data instanceof Int32Array ? new ort.Tensor('int32', data, dims) : new ort.Tensor('bool', data, dims);
}

/** The host array of a result, which belongs to whoever asked for it. */
export function toHost(port: Pick<ModelPort, 'name' | 'dtype'>, tensor: ort.Tensor | undefined): TensorData {
  const data: unknown = tensor?.data;
  if (!holdsType(port.dtype, data)) throw new EngineError(`ONNX Runtime returned no ${port.dtype} for "${port.name}".`);
  return data;
}

/** Feeds of a run from values; inputs lie in memory in logical order. */
export function feedsOf(ports: readonly ModelPort[], values: NamedValues): Record<string, ort.Tensor> {
  const feeds: Record<string, ort.Tensor> = {};
  for (const port of ports) {
    const value: TensorValue | undefined = values[port.name];
    if (value === undefined) throw new EngineError(`There is no value for "${port.name}".`);
    feeds[port.tensor] = toFeed(value.shape, value.data);
  }
  return feeds;
}
