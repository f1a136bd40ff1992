import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { EngineError } from '../errors.js';
import { closestName } from '../signature/closest-name.js';

const HOW_TO_GET: Readonly<Record<string, string>> = {
  cpu: 'It is part of onnxruntime-node on every platform.',
  webgpu: 'It is part of onnxruntime-node; it needs a graphics driver for Vulkan, Metal or Direct3D 12.',
  cuda:
    'Its library is not part of the npm package: on Linux x64 with cuDNN 9, run "scripts/cuda-provider.sh" for CUDA 13, or for CUDA 12 ' +
    '"ONNXRUNTIME_NODE_INSTALL=true node node_modules/onnxruntime-node/script/install.js" (docs/engines.md).',
  tensorrt: 'Its library comes with that of cuda; TensorRT itself must be installed too.',
  dml: 'It is part of onnxruntime-node on Windows.',
  coreml: 'It is part of onnxruntime-node on macOS.',
};

/** How a machine comes by an execution provider; nothing for one that is not known. */
export function howToGet(provider: string): string {
  return Object.hasOwn(HOW_TO_GET, provider) ? (HOW_TO_GET[provider] ?? '') : '';
}

/** Libraries that are not part of the npm package, by provider. */
const SEPARATE_LIBRARIES: Readonly<Record<string, string>> = {
  cuda: 'onnxruntime_providers_cuda',
  tensorrt: 'onnxruntime_providers_tensorrt',
};

const LIBRARY_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/lib',
  '/run/opengl-driver/lib',
] as const;

/**
 * Checks the names of execution providers.
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
    const hint = howToGet(name) || (near === undefined ? '' : `Did you mean "${near}"?`);
    throw new EngineError(
      `ONNX Runtime has no execution provider "${name}" here; it has ${present.join(', ')}. ${hint}`.trim(),
    );
  }
  return asked;
}

/** Whether ONNX Runtime knows a provider here and its library lies where it is loaded from. */
export function hasLibrary(provider: string): boolean {
  if (!ort.listSupportedBackends().some(({ name }) => name === provider)) return false;
  const library = SEPARATE_LIBRARIES[provider];
  return library === undefined || existsSync(join(libraryFolder(), libraryFile(library)));
}

/** Whether there may be a graphics driver for WebGPU: on Linux, whether the Vulkan loader lies in one of the usual folders. */
export function mayHaveGraphics(): boolean {
  if (process.platform !== 'linux') return true;
  const named = (process.env.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== '');
  return [...named, ...LIBRARY_FOLDERS].some((folder) => existsSync(join(folder, 'libvulkan.so.1')));
}

/** An error for a provider that was asked for by name and does not work here. */
export function unavailableProvider(name: string, reason: string): EngineError {
  return new EngineError(
    `The execution provider "${name}" of ONNX Runtime is not available here: ${reason}. ${howToGet(name)}`.trim(),
  );
}

/** Explains a session that an execution provider could not start. */
export function explainProviderFailure(program: string, asked: readonly string[], cause: unknown): EngineError {
  const advice = asked.map((name) => `${name}: ${howToGet(name) || 'unknown.'}`).join(' ');
  return new EngineError(
    `ONNX Runtime could not start program "${program}" on ${asked.join(', ')}: ${messageOf(cause)}. ${advice}`,
    { cause },
  );
}

/** The first line of what ONNX Runtime said, without the place in its sources. */
export function messageOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const [line = ''] = message.trim().split('\n');
  const [ofCard] = /\b(CUDA|CUDNN|CUBLAS) failure \d+: [^;]*/.exec(line) ?? [];
  if (ofCard !== undefined) return ofCard.trim();
  return line.replace(/^(Error: )?\/onnxruntime_src\/.* was false\. /, '');
}

function libraryFolder(): string {
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  return join(root, 'bin', 'napi-v6', process.platform, process.arch);
}

function libraryFile(name: string): string {
  return process.platform === 'win32' ? `${name}.dll` : `lib${name}.so`;
}
