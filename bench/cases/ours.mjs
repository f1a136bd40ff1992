import { fileURLToPath } from 'node:url';
import { allocatorSettings } from '../../dist/common/processes/allocator-settings.js';
import { Contender } from '../harness/contender.mjs';

const SERVE = fileURLToPath(new URL('../ours/serve.mjs', import.meta.url));

export const OURS = 'ours';

export async function startOurs(setting, name = OURS) {
  const contender = new Contender(name, [process.execPath, SERVE, JSON.stringify(setting)], allocatorSettings());
  await contender.ready();
  return contender;
}
