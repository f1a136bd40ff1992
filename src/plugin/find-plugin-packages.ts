import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PluginDefinitionError } from '@query2label/sdk';
import { type PluginPackage, readPluginPackage } from './plugin-package.js';

/** The folder of built-in plugins; the same distance from the sources and from the built server. */
export const BUILT_IN_PLUGINS = fileURLToPath(new URL('../../plugins', import.meta.url));

export interface PluginLocations {
  /** Folders of single packages. */
  readonly folders: readonly string[];
  /** Names of packages in node_modules. */
  readonly packages: readonly string[];
  /** Folder whose marked packages are built in; default `plugins/` of the platform. */
  readonly builtIn?: string;
  /** Where the search for node_modules begins; default the working folder. */
  readonly root?: string;
}

/** Every package that is to be loaded: the built-in ones, then folders, then packages by name. */
export function findPluginPackages(locations: PluginLocations): readonly PluginPackage[] {
  const { folders, packages, builtIn = BUILT_IN_PLUGINS, root = process.cwd() } = locations;
  return [
    ...packagesIn(builtIn),
    ...folders.map((folder) => readPluginPackage(folder, 'plugins.folders')),
    ...packages.map((name) => readPluginPackage(folderOfPackage(name, root), 'plugins.packages')),
  ];
}

/** Subfolders whose package.json carries `"query2labelPlugin": true`, in the order of their names. */
function packagesIn(folder: string): readonly PluginPackage[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'package.json')))
    .map((entry) => entry.name)
    .sort()
    .map((name) => readPluginPackage(join(folder, name), 'built in'))
    .filter(({ marked }) => marked);
}

function folderOfPackage(name: string, root: string): string {
  const searched = createRequire(join(root, 'package.json')).resolve.paths(name) ?? [];
  const found = searched.map((folder) => join(folder, name)).find((folder) => existsSync(join(folder, 'package.json')));
  if (found !== undefined) return found;
  throw new PluginDefinitionError(
    `The plugin package "${name}" (plugins.packages) is not installed: it is in no node_modules above ${root}. ` +
      `Run npm install ${name}, or remove it from the configuration.`,
  );
}
