import { hasLibrary, howToGet, mayHaveGraphics } from '../onnx/providers.js';
import { isSoftware, probeProvider } from './provider-probe.js';

/** An execution provider of onnxruntime on this machine. */
export interface ProviderStatus {
  readonly name: string;
  /** Whether programs run on it here, with the numbers of the CPU. */
  readonly available: boolean;
  /** What it is made of, or why it is not available and how to get it. */
  readonly detail: string;
}

/** The providers that the engine knows how to use, in the order in which `auto` looks for them. */
const NAMES = ['cuda', 'webgpu', 'cpu'] as const;

/** Which execution providers work on this machine. Tries each: devices are started in this process, once. */
export function listProviders(): Promise<readonly ProviderStatus[]> {
  return Promise.all(NAMES.map(statusOf));
}

async function statusOf(name: string): Promise<ProviderStatus> {
  const missing = (reason: string) => ({ name, available: false, detail: `${reason}. ${howToGet(name)}` });
  if (name === 'cpu') return { name, available: true, detail: howToGet(name) };
  if (!hasLibrary(name)) return missing('Its library is missing');
  if (name === 'webgpu' && !mayHaveGraphics()) return missing('There is no graphics driver');
  const probe = await probeProvider(name);
  if (!probe.works) return missing(probe.reason);
  const detail = isSoftware(probe)
    ? 'It works, but so slowly that auto takes it for a driver in software and passes it over; ask for it by name.'
    : 'It works, with the numbers of the CPU.';
  return { name, available: true, detail };
}
