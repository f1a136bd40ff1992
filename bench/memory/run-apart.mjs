import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { allocatorSettings } from '../../dist/common/processes/allocator-settings.js';

/** Runs a script of this folder in a process as the platform starts its workers. @returns what it wrote, which is JSON */
export function runApart(script, setting) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const text = execFileSync(process.execPath, ['--expose-gc', path, JSON.stringify(setting)], {
    ...{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    env: { ...allocatorSettings(), ...process.env },
  });
  return JSON.parse(text);
}
