import * as tf from '@tensorflow/tfjs';
import { EngineError } from '../errors.js';

/** In order of preference; the first also computes without a GPU. */
const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** The name under which both packages register their backend. */
export const TENSORFLOW_BACKEND = 'tensorflow';

/** The native library behind the backend. */
export interface TensorFlowLibrary {
  /** Of tfjs-node and of TensorFlow itself: `4.22.0 (TensorFlow 2.9.1)`. */
  readonly version: string;
  readonly usesGpu: boolean;
}

/**
 * Loads the optional package that brings TensorFlow, and leaves the active backend as it was.
 * @param packages in order of preference
 * @throws EngineError that says how to get it, if none is there or works
 */
export async function loadTensorFlow(packages: readonly string[] = PACKAGES): Promise<TensorFlowLibrary> {
  const failures: string[] = [];
  for (const name of packages) {
    const former = tf.getBackend() || 'cpu';
    try {
      const loaded: unknown = await import(name);
      return describe(name, loaded);
    } catch (error) {
      if (error instanceof EngineError) throw error;
      failures.push(`${name}: ${firstLineOf(error)}`);
    } finally {
      await tf.setBackend(former);
    }
  }
  throw new EngineError(
    `The engine "tensorflow" is not available here: neither ${packages.join(' nor ')} can be loaded. They fetch ` +
      'TensorFlow while they are installed: run "npm install" where storage.googleapis.com can be reached, take it from ' +
      'PyPI as docs/engines.md says, or use the engine "onnxruntime", which needs none of it. ' +
      failures.join(' '),
  );
}

function describe(name: string, loaded: unknown): TensorFlowLibrary {
  const backend: unknown = tf.findBackend(TENSORFLOW_BACKEND);
  if (!isNodeBackend(backend) || tensorClassOf(loaded) !== tf.Tensor) {
    throw new EngineError(
      `${name} brought a copy of TensorFlow.js of its own, so that its tensors are not those of programs: ` +
        `install the version of it that goes with @tensorflow/tfjs ${tf.version.tfjs}.`,
    );
  }
  return {
    version: `${versionOf(loaded)} (TensorFlow ${backend.binding.TF_Version})`,
    usesGpu: backend.isUsingGpuDevice,
  };
}

interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

function isNodeBackend(value: unknown): value is NodeBackend {
  if (!isRecord(value)) return false;
  const { binding, isUsingGpuDevice } = value;
  return isRecord(binding) && typeof binding.TF_Version === 'string' && typeof isUsingGpuDevice === 'boolean';
}

function tensorClassOf(loaded: unknown): unknown {
  return isRecord(loaded) ? loaded.Tensor : undefined;
}

function versionOf(loaded: unknown): string {
  const version = isRecord(loaded) && isRecord(loaded.version) ? loaded.version['tfjs-node'] : undefined;
  return typeof version === 'string' ? version : tf.version.tfjs;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function firstLineOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? '';
}
