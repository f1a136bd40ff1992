import { checkProviders, hasLibrary, mayHaveGraphics, unavailableProvider } from '../onnx/providers.js';
import { isSoftware, probeProvider } from './provider-probe.js';

/** What `auto` looks for, unless other names follow it. */
const ORDER = ['cuda', 'webgpu'] as const;

/**
 * The execution providers to start sessions with.
 *
 * - names: all of them, in order; each must work here
 * - `auto`: the first of cuda and webgpu that works here, gives the numbers of the CPU and is no driver in software, else cpu
 * - `auto` followed by names: the same, in the order of the names
 *
 * @throws EngineError if a name is unknown, or was asked for without `auto` and does not work here
 */
export async function chooseProviders(asked: readonly string[]): Promise<readonly string[]> {
  const [first, ...rest] = asked;
  if (first !== 'auto') {
    for (const name of checkProviders(asked)) await demand(name);
    return asked;
  }
  const order = rest.length === 0 ? ORDER : checkProviders(rest);
  for (const name of order) {
    if (name === 'cpu') break;
    if (!hasLibrary(name) || (name === 'webgpu' && !mayHaveGraphics())) continue;
    const probe = await probeProvider(name);
    if (probe.works && !isSoftware(probe)) return [name];
  }
  return ['cpu'];
}

async function demand(name: string): Promise<void> {
  if (name === 'cpu') return;
  if (!hasLibrary(name)) throw unavailableProvider(name, 'its library is missing');
  const probe = await probeProvider(name);
  if (!probe.works) throw unavailableProvider(name, probe.reason);
}
