import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { isRecord } from '../common/guards.js';
import { suggestName } from '../common/text/index.js';
import { ConfigurationError } from './configuration.error.js';
import { LEAVES } from './leaves.js';

const FILE_NAMES = ['q2l.config.yaml', 'q2l.config.yml', 'q2l.config.json'] as const;

/** What a configuration file holds: values by key name (`http.port`). */
export interface ConfigurationFile {
  readonly path: string;
  /** Relative paths in the file start here. */
  readonly folder: string;
  readonly values: ReadonlyMap<string, unknown>;
}

/**
 * Reads the one optional file: `explicitPath` where given, else `q2l.config.yaml|yml|json` in the working folder.
 * @throws ConfigurationError if it cannot be read, is not a mapping, or has unknown keys; or if there are two
 */
export function readConfigurationFile(folder: string, explicitPath?: string): ConfigurationFile | undefined {
  const path = explicitPath === undefined ? findFile(folder) : resolve(folder, explicitPath);
  if (path === undefined) return undefined;
  const values = new Map<string, unknown>();
  const problems: string[] = [];
  collect(parseFile(path), '', values, problems);
  if (problems.length > 0) throw new ConfigurationError(problems.map((problem) => `${path}: ${problem}`));
  return { path, folder: dirname(path), values };
}

function findFile(folder: string): string | undefined {
  const found = FILE_NAMES.filter((name) => existsSync(join(folder, name)));
  if (found.length > 1) {
    throw new ConfigurationError([
      `found ${found.join(' and ')} in ${folder}; expected one of them. Remove the others.`,
    ]);
  }
  return found.length === 1 ? join(folder, found[0]) : undefined;
}

function parseFile(path: string): unknown {
  try {
    // Every JSON document is a YAML document too.
    return parse(readFileSync(path, 'utf8')) ?? {};
  } catch (error) {
    throw new ConfigurationError([`${path}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function collect(node: unknown, prefix: string, values: Map<string, unknown>, problems: string[]): void {
  if (!isRecord(node)) {
    problems.push(
      `${prefix === '' ? 'the file' : prefix}: received ${JSON.stringify(node)}; expected a group of keys.`,
    );
    return;
  }
  for (const [property, value] of Object.entries(node)) {
    const name = prefix === '' ? property : `${prefix}.${property}`;
    if (LEAVES.some((leaf) => leaf.name === name)) values.set(name, value);
    else if (LEAVES.some((leaf) => leaf.name.startsWith(`${name}.`))) collect(value, name, values, problems);
    else
      problems.push(
        `unknown key ${name}. ${suggestName(
          name,
          LEAVES.map((leaf) => leaf.name),
        )}`,
      );
  }
}
