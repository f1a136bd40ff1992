import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { transform } from '@swc/core';
import { ROOT } from '../../support/guide.js';

/** Packages under `test/fixtures` whose code is one TypeScript file of the same name. */
const PLUGINS = ['tiny-plugin', 'fault-plugin'];

/**
 * Compiles the test plugins into a folder, as a team would build its own: the built server and its workers load them from there.
 * @returns the value of `Q2L_PLUGIN_FOLDERS`
 */
export async function buildPlugins(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const built = await Promise.all(PLUGINS.map((name) => buildPlugin(name, join(folder, name))));
  return built.join(',');
}

async function buildPlugin(name: string, folder: string): Promise<string> {
  const source = await readFile(join(ROOT, 'test/fixtures', name, `${name}.ts`), 'utf8');
  const { code } = await transform(source, {
    filename: `${basename(name)}.ts`,
    swcrc: false,
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      target: 'es2022',
      keepClassNames: true,
      transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: false },
    },
    module: { type: 'es6' },
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'index.js'), code);
  const manifest = { name: `@query2label-test/${name}`, version: '1.0.0', type: 'module', query2labelPlugin: true, exports: './index.js' }; // prettier-ignore
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  return folder;
}
