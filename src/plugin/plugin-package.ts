import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PluginDefinitionError } from '@query2label/sdk';
import { isRecord } from '../common/guards.js';

/** A package that is expected to hold a plugin. */
export interface PluginPackage {
  readonly name: string;
  /** Of its package.json; the plugin's decorator must say the same. */
  readonly version?: string;
  /** Real path, without symbolic links. */
  readonly folder: string;
  /** File that exports the plugin's module by default. */
  readonly entry: string;
  /** Where it was asked for, for error messages: `built in`, `plugins.packages`. */
  readonly origin: string;
  /** Whether its package.json says `"query2labelPlugin": true`. */
  readonly marked: boolean;
}

/** This file is TypeScript under jest: sources then load sources, and a built server loads what was built. */
const RUNS_FROM_SOURCES = import.meta.url.endsWith('.ts');
const CONDITIONS = new Set([...(RUNS_FROM_SOURCES ? ['source'] : []), 'node', 'import', 'default']);

/**
 * Reads the package in a folder.
 * @throws PluginDefinitionError if there is no readable package.json or its entry cannot be found
 */
export function readPluginPackage(folder: string, origin: string): PluginPackage {
  const where = `The plugin folder ${folder} (${origin})`;
  const manifest = readManifest(folder, where);
  const entry = entryOf(manifest);
  if (entry === undefined) {
    throw new PluginDefinitionError(
      `${where} has no entry in its package.json. Expected "exports": { ".": "./dist/index.js" }.`,
    );
  }
  const path = resolve(folder, entry);
  if (!existsSync(path)) {
    throw new PluginDefinitionError(
      `${where} names the entry ${entry}, which does not exist. Build the package first.`,
    );
  }
  return {
    name: typeof manifest.name === 'string' ? manifest.name : folder,
    version: typeof manifest.version === 'string' ? manifest.version : undefined,
    folder: realpathSync(folder),
    entry: realpathSync(path),
    origin,
    marked: manifest.query2labelPlugin === true,
  };
}

function readManifest(folder: string, where: string): Readonly<Record<string, unknown>> {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) {
    throw new PluginDefinitionError(`${where} has no package.json. Name the folder that holds it.`);
  }
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isRecord(manifest)) return manifest;
  } catch (error) {
    throw new PluginDefinitionError(`${where} has a package.json that is not JSON.`, { cause: error });
  }
  throw new PluginDefinitionError(`${where} has a package.json that is not a JSON object.`);
}

function entryOf({ exports, main }: Readonly<Record<string, unknown>>): string | undefined {
  if (exports === undefined) return typeof main === 'string' ? main : 'index.js';
  return matchingTarget(isRecord(exports) && '.' in exports ? exports['.'] : exports);
}

/** The first target whose condition holds, as Node reads `exports`. */
function matchingTarget(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (!isRecord(target)) return undefined;
  for (const [condition, nested] of Object.entries(target)) {
    const found = CONDITIONS.has(condition) ? matchingTarget(nested) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
