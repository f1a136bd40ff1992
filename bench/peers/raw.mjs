import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Contender } from '../harness/contender.mjs';

const EXPORT = fileURLToPath(new URL('export_onnx.py', import.meta.url));
const RAW = fileURLToPath(new URL('raw-onnxruntime.mjs', import.meta.url));

/** The model that PyTorch exports, run by onnxruntime-node as it comes, on the device of the setting. */
export async function startRaw(name, setting, { python, folder }) {
  const target = join(folder, name);
  mkdirSync(target);
  const file = join(target, 'model.onnx');
  execFileSync(python, [EXPORT, JSON.stringify(setting), file], { stdio: 'pipe' });
  const contender = new Contender('exported, raw onnxruntime', [process.execPath, RAW, JSON.stringify(setting), file]);
  await contender.ready();
  return contender;
}
