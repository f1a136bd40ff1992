import * as ort from 'onnxruntime-node';
import { EngineError } from '../errors.js';
import { closestName } from '../signature/closest-name.js';

const HOW_TO_GET: Readonly<Record<string, string>> = {
  cpu: 'It is part of onnxruntime-node on every platform.',
  webgpu: 'It is part of onnxruntime-node; it needs a graphics driver for Vulkan, Metal or Direct3D 12.',
  cuda:
    'Its library is not part of the npm package: reinstall onnxruntime-node with ONNXRUNTIME_NODE_INSTALL=cuda12 on Linux x64 ' +
    'with CUDA 12 and cuDNN 9.',
  tensorrt: 'Its library comes with that of cuda; TensorRT itself must be installed too.',
  dml: 'It is part of onnxruntime-node on Windows.',
  coreml: 'It is part of onnxruntime-node on macOS.',
};

/**
 * Checks the execution providers asked for.
 * @throws EngineError naming the providers that are there, and how to get the others
 */
export function checkProviders(asked: readonly string[]): readonly string[] {
  const supported = ort.listSupportedBackends();
  const present = supported.filter(({ bundled }) => bundled).map(({ name }) => name);
  if (asked.length === 0) {
    throw new EngineError(`No execution provider was asked for: name one or more of ${present.join(', ')}.`);
  }
  for (const name of asked) {
    if (supported.some((backend) => backend.name === name)) continue;
    const near = closestName(name, Object.keys(HOW_TO_GET));
    const known = Object.hasOwn(HOW_TO_GET, name) ? HOW_TO_GET[name] : undefined;
    const hint = known ?? (near === undefined ? '' : `Did you mean "${near}"?`);
    throw new EngineError(
      `ONNX Runtime has no execution provider "${name}" here; it has ${present.join(', ')}. ${hint}`.trim(),
    );
  }
  return asked;
}

/** Explains a session that an execution provider could not start. */
export function explainProviderFailure(program: string, asked: readonly string[], cause: unknown): EngineError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const advice = asked.map((name) => `${name}: ${HOW_TO_GET[name] ?? 'unknown.'}`).join(' ');
  return new EngineError(
    `ONNX Runtime could not start program "${program}" on ${asked.join(', ')}: ${message}. ${advice}`,
    { cause },
  );
}
