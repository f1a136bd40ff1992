import type { NamedValues, TensorValue } from '@query2label/engine';
import type { ParameterSpec } from '../../contracts/index.js';
import { hashOf, uniformAt } from './formula.js';

interface Range {
  readonly offset: number;
  readonly scale: number;
}

const OFTEN_SMALL = /^(relative_position_bias_table|cls_token|class_token|pos_embedding)$/;

/** Offset and scale of a parameter's values, by its name and shape: signals keep their size through any depth of layers. */
function rangeOf(name: string, shape: readonly number[], names: ReadonlySet<string>): Range {
  const leaf = name.slice(name.lastIndexOf('.') + 1);
  const fanIn = shape.slice(1).reduce((product, extent) => product * extent, 1);
  if (leaf === 'running_mean') return { offset: 0, scale: 0.1 };
  if (leaf === 'running_var') return { offset: 1, scale: 0.5 };
  if (name === 'query_embed.weight') return { offset: 0, scale: 1 };
  if (name === 'fc.W') return { offset: 0, scale: Math.sqrt(3 / shape[2]) };
  if (name === 'fc.b') return { offset: 0, scale: 0.1 };
  if (OFTEN_SMALL.test(leaf)) return { offset: 0, scale: 0.2 };
  if (shape.length === 4) return { offset: 0, scale: Math.sqrt(6 / fanIn) };
  if (shape.length > 1) return { offset: 0, scale: Math.sqrt(3 / fanIn) };
  if (leaf === 'bias' || leaf === 'in_proj_bias') return { offset: 0, scale: 0.1 };
  const normalizesBatches = names.has(`${name.slice(0, -leaf.length)}running_mean`);
  return normalizesBatches ? { offset: 0.65, scale: 0.35 } : { offset: 0.75, scale: 0.25 };
}

export interface FormulaOptions {
  /** Negate the gains of batch normalisation where the hash is negative, to tell `|gain|` from `gain`. @default false */
  readonly signedGains?: boolean;
}

/** Values of all parameters and buffers, float32, from their full names alone. */
export function formulaParameters(
  specs: readonly ParameterSpec[],
  { signedGains = false }: FormulaOptions = {},
): NamedValues {
  const names = new Set(specs.map(({ name }) => name));
  const values = specs.map(({ name, shape }): [string, TensorValue] => {
    const seed = hashOf(name);
    const { offset, scale } = rangeOf(name, shape, names);
    const negated = signedGains && offset === 0.65;
    const data = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
    for (let index = 0; index < data.length; index += 1) {
      const hash = uniformAt(seed, index);
      const value = offset + hash * scale;
      data[index] = negated && hash < 0 ? -value : value;
    }
    return [name, { dtype: 'float32', shape: [...shape], data }];
  });
  return Object.fromEntries(values);
}
