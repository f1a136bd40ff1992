import { availableParallelism } from 'node:os';
import { EagerEngine } from '../eager/eager-engine.js';
import type { EngineOptions } from '../engine.js';
import { registerKeyedUniform } from '../ops/keyed-uniform.js';
import { checkThreads } from '../signature/check-threads.js';
import { registerCorrections } from './corrections.js';
import { TENSORFLOW_BACKEND, loadTensorFlow } from './load-tensorflow.js';

/** Threads that TensorFlow was started with: once in a process, by the first engine. */
let startedThreads: number | undefined;

/**
 * TensorFlow's own kernels through `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`, op by op.
 * @throws EngineError that says how to get them, if neither is there
 */
export async function startTensorFlowEngine(options: EngineOptions): Promise<EagerEngine> {
  const threads = checkThreads(options.threads ?? availableParallelism());
  if (startedThreads === undefined) prepareEnvironment(threads);
  const { version, usesGpu } = await loadTensorFlow();
  startedThreads ??= threads;
  registerKeyedUniform(TENSORFLOW_BACKEND);
  registerCorrections();
  const device = usesGpu ? 'cuda' : 'cpu';
  return new EagerEngine({ name: 'tensorflow', version, device, threads: startedThreads }, TENSORFLOW_BACKEND);
}

/** TensorFlow reads its settings from the environment when it is first used. */
function prepareEnvironment(threads: number): void {
  process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  process.env.TF_NUM_INTEROP_THREADS = '1';
  // Warnings and errors only; it would tell at each start which instructions the processor has.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
}
