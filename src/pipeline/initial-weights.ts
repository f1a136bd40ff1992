import type { NamedValues, TensorValue } from '@query2label/engine';
import type { ParameterSpec } from '@query2label/sdk';
import { InvalidInputError } from '../common/errors/index.js';
import { suggestName } from '../common/text/index.js';
import type { WeightsReference } from './pipeline-definition.js';

/** What became of a file of initial weights, name by name. */
export interface WeightsReport {
  readonly file: string;
  /** What was put before the names in the file to find ours: `backbone.0.body.`. */
  readonly prefix: string;
  /** Full names of the parameters that were read from the file. */
  readonly matched: readonly string[];
  /** Parameters of the backbone that the file lacks. */
  readonly missing: readonly string[];
  /** Names in the file that the backbone has no place for (a classifier's last layer, for instance). */
  readonly unexpected: readonly string[];
}

export interface MatchedWeights {
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly report: WeightsReport;
}

/** Buffers that PyTorch counts and nobody reads. */
const isCounter = (name: string): boolean => name.endsWith('num_batches_tracked');

/**
 * Finds the backbone's parameters in a file. Files come with official names (`backbone.0.body.conv1.weight`), torchvision's
 * (`conv1.weight`) or in between: the prefix that all parameters share is tried from long to short, and the one with the most matches wins.
 * @throws InvalidInputError if shapes differ, nothing matches, or parameters are missing and `partial` was not asked for
 */
export function matchWeights(
  parameters: readonly ParameterSpec[],
  tensors: NamedValues,
  reference: WeightsReference,
): MatchedWeights {
  const names = Object.keys(tensors);
  const byName = new Map(parameters.map((spec) => [spec.name, spec]));
  const prefix = bestPrefix(parameters, names);
  const values = new Map<string, Float32Array>();
  const unexpected: string[] = [];
  for (const name of names) {
    const spec = byName.get(`${prefix}${name}`);
    if (spec === undefined) unexpected.push(name);
    else values.set(spec.name, checkedValues(spec, tensors[name], reference.file, name));
  }
  const missing = parameters.map(({ name }) => name).filter((name) => !values.has(name) && !isCounter(name));
  if (values.size === 0 || (missing.length > 0 && !reference.partial)) {
    throw InvalidInputError.field(
      'backbone.weights',
      `${reference.file} holds ${values.size} of the ${parameters.length} parameters of the backbone; it lacks ${listed(missing)}. ` +
        `Without a place in the backbone: ${listed(unexpected)}.`,
      `${suggestName(missing[0] ?? '', names.map((name) => `${prefix}${name}`).slice(0, 20))} Set weights.partial to keep random values for what is missing.`,
    );
  }
  const report = { file: reference.file, prefix, matched: [...values.keys()], missing, unexpected };
  return { values, report };
}

function bestPrefix(parameters: readonly ParameterSpec[], names: readonly string[]): string {
  const declared = new Set(parameters.map(({ name }) => name));
  let best = { prefix: '', matches: -1 };
  for (const prefix of sharedPrefixes([...declared])) {
    const matches = names.filter((name) => declared.has(`${prefix}${name}`)).length;
    if (matches > best.matches) best = { prefix, matches };
  }
  return best.prefix;
}

/** All beginnings that end with a dot and that every name has, from long to short; the empty one last. */
function sharedPrefixes(names: readonly string[]): string[] {
  const segments = (names[0] ?? '').split('.').slice(0, -1);
  const prefixes = segments.map((_, index) => `${segments.slice(0, index + 1).join('.')}.`);
  return ['', ...prefixes].filter((prefix) => names.every((name) => name.startsWith(prefix))).reverse();
}

function checkedValues(spec: ParameterSpec, value: TensorValue, file: string, name: string): Float32Array {
  if (value.data instanceof Float32Array && sameShape(value.shape, spec.shape)) return value.data;
  throw InvalidInputError.field(
    'backbone.weights',
    `${file}: "${name}" is ${value.dtype} [${value.shape.join(', ')}], but the backbone's "${spec.name}" is float32 [${spec.shape.join(', ')}]`,
    'Choose the backbone and the options that the weights were made for.',
  );
}

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

const listed = (names: readonly string[]): string =>
  names.length === 0
    ? 'nothing'
    : names.slice(0, 8).join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '');
