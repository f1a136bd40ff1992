import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const OWN = fileURLToPath(new URL('../.venv/bin/python', import.meta.url));

export const HOW_TO_INSTALL =
  'bench/peers/install.sh installs the peers from PyPI into bench/.venv (about 2 GB with g++ for torch.compile); ' +
  'Q2L_BENCH_PYTHON names the python of another environment that has torch, onnx, onnxscript and numpy.';

/** @returns the python that has PyTorch, or why there is none */
export function findPython() {
  const given = process.env.Q2L_BENCH_PYTHON;
  const python = given ?? OWN;
  if (given === undefined && !existsSync(python)) return { missing: 'no environment bench/.venv' };
  const { status, stderr, error } = spawnSync(python, ['-c', 'import torch, onnx, onnxscript, numpy'], {
    encoding: 'utf8',
  });
  if (status === 0) return { python };
  return { missing: `${python} cannot be used: ${error?.message ?? stderr.trim().split('\n').at(-1)}` };
}
