import { spawnSync } from 'node:child_process';

/** The interpreters of `TEST_PYTHON` (paths with colons between), then the system's. */
const INTERPRETERS = [...(process.env.TEST_PYTHON ?? '').split(':'), '/usr/bin/python3'].filter((path) => path !== '');

/** An interpreter that has all of the modules, or undefined: tests that need one are then skipped. */
export function pythonWith(...modules: readonly string[]): string | undefined {
  return INTERPRETERS.find((path) => spawnSync(path, ['-c', `import ${modules.join(', ')}`]).status === 0);
}
