import type { ParameterSpec } from '@query2label/sdk';
import { InvalidInputError } from '../common/errors/index.js';
import { suggestName } from '../common/text/index.js';

/**
 * Gives the role `frozen` to all trainable parameters whose name starts with one of the prefixes. Buffers stay buffers: running
 * statistics of frozen stages still move, as in the official code.
 * @throws InvalidInputError if a prefix matches no parameter
 */
export function freezeParameters(parameters: readonly ParameterSpec[], prefixes: readonly string[]): ParameterSpec[] {
  prefixes.forEach((prefix, index) => {
    if (parameters.some(({ name }) => name.startsWith(prefix))) return;
    throw InvalidInputError.field(
      `freeze.${index}`,
      `no parameter starts with "${prefix}"`,
      suggestName(prefix, beginnings(parameters)),
    );
  });
  const frozen = (name: string): boolean => prefixes.some((prefix) => name.startsWith(prefix));
  return parameters.map((spec) =>
    spec.role === 'trainable' && frozen(spec.name) ? { ...spec, role: 'frozen' } : spec,
  );
}

/** The first segments of the parameters' names, as many as a person can read. */
function beginnings(parameters: readonly ParameterSpec[]): string[] {
  const found = new Set(parameters.map(({ name }) => name.split('.').slice(0, 3).join('.')));
  return [...found].slice(0, 30);
}
