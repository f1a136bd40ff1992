import { resolve } from 'node:path';
import type { z } from 'zod';
import { isRecord } from '../common/guards.js';
import { closestName } from '../common/text/index.js';
import { type Configuration, configurationSchema } from './configuration.js';
import { ConfigurationError } from './configuration.error.js';
import { type ConfigurationFile, readConfigurationFile } from './configuration-file.js';
import { formatText } from './format-text.js';
import { type Leaf, LEAVES } from './leaves.js';
import { parseText } from './parse-text.js';

export type ValueSource = 'default' | 'file' | 'environment';

/** One key as `q2l config` shows it. */
export interface ConfigurationEntry {
  readonly name: string;
  readonly environmentVariable: string;
  /** Secrets that are set show as `********`. */
  readonly value: unknown;
  readonly source: ValueSource;
  readonly description: string;
}

export interface LoadedConfiguration {
  readonly values: Configuration;
  readonly entries: readonly ConfigurationEntry[];
  /** Environment variables under which another process comes to the same values; secrets are in it. */
  readonly environment: Readonly<Record<string, string>>;
  /** The file that was read, if any. */
  readonly file?: string;
}

export interface ConfigurationOrigin {
  /** Default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Where the configuration file is looked for and relative paths begin; default the working folder. */
  readonly folder?: string;
}

/** Variables that begin with `Q2L_` and are not keys. */
const OTHER_VARIABLES = ['Q2L_CONFIG', 'Q2L_SHARED', 'Q2L_SERVER'];

/**
 * Reads and checks the configuration: an environment variable wins over the file, the file over the default.
 * @throws ConfigurationError with every problem found
 */
export function loadConfiguration(origin: ConfigurationOrigin = {}): LoadedConfiguration {
  const environment = origin.environment ?? process.env;
  const folder = origin.folder ?? process.cwd();
  const file = readConfigurationFile(folder, environment.Q2L_CONFIG);
  const problems = misspeltVariables(environment);
  const found = LEAVES.map((leaf) => {
    const { raw, source, where, base } = findValue(leaf, environment, folder, file);
    const parsed = leaf.schema.safeParse(raw);
    if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => explain(where, leaf, raw, issue)));
    return { leaf, source, value: parsed.success ? absolute(parsed.data, leaf, base) : undefined };
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  const entries = found.map(({ leaf, source, value }) => ({
    name: leaf.name,
    environmentVariable: leaf.environment,
    value: leaf.secret === true && !isEmpty(value) ? '********' : value,
    source,
    description: leaf.description,
  }));
  const variables = Object.fromEntries(found.map(({ leaf, value }) => [leaf.environment, formatText(value)]));
  return { values: configurationSchema.parse(nest(found)), entries, environment: variables, file: file?.path };
}

const isEmpty = (value: unknown): boolean => value === '' || (Array.isArray(value) && value.length === 0);

interface Found {
  readonly raw: unknown;
  readonly source: ValueSource;
  /** How an error names it. */
  readonly where: string;
  /** Where relative paths begin. */
  readonly base: string;
}

function findValue(
  leaf: Leaf,
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
  file: ConfigurationFile | undefined,
): Found {
  const text = environment[leaf.environment];
  if (text !== undefined && text !== '') {
    return { raw: parseText(text, leaf.form), source: 'environment', where: leaf.environment, base: folder };
  }
  if (file?.values.has(leaf.name) === true) {
    const where = `${leaf.name} in ${file.path}`;
    return { raw: file.values.get(leaf.name), source: 'file', where, base: file.folder };
  }
  return { raw: undefined, source: 'default', where: leaf.name, base: folder };
}

function explain(where: string, leaf: Leaf, raw: unknown, issue: z.core.$ZodIssue): string {
  const received = leaf.secret === true ? 'a value (not shown)' : JSON.stringify(raw);
  const place = issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join('.')}`;
  const valid = issue.code === 'invalid_value' ? issue.values.map(String) : [];
  const nearest = typeof raw === 'string' ? closestName(raw, valid) : undefined;
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  return `${where}: received ${received}${place}; ${issue.message}.${hint} It means: ${leaf.description}.`;
}

function absolute(value: unknown, leaf: Leaf, base: string): unknown {
  if (leaf.path !== true || value === '') return value;
  if (typeof value === 'string') return resolve(base, value);
  if (Array.isArray(value)) return value.map((item) => resolve(base, String(item)));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, path]) => [name, resolve(base, String(path))]));
}

function nest(found: readonly { readonly leaf: Leaf; readonly value: unknown }[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { leaf, value } of found) {
    const [group, property] = leaf.name.split('.');
    if (property === undefined) root[group] = value;
    else root[group] = { ...(isRecord(root[group]) ? root[group] : {}), [property]: value };
  }
  return root;
}

/** A variable one or two letters away from a key's is a mistake that would otherwise go unnoticed. */
function misspeltVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = [...LEAVES.map((leaf) => leaf.environment), ...OTHER_VARIABLES];
  return Object.keys(environment)
    .filter((name) => name.startsWith('Q2L_') && !known.includes(name))
    .map((name) => ({ name, nearest: closestName(name, known, 2) }))
    .filter(({ nearest }) => nearest !== undefined)
    .map(({ name, nearest }) => `${name}: there is no such variable. Did you mean ${nearest}?`);
}
