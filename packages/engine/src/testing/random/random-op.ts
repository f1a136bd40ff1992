import type { OpCase } from '../check-op.js';
import { Draws } from './draws.js';

export type DrawnCase = Omit<OpCase, 'name'> & {
  /** What was drawn besides the inputs: attributes. */
  readonly detail?: unknown;
};

/** An op with a way to draw inputs and attributes for it. */
export interface RandomOp {
  readonly name: string;
  readonly draw: (draws: Draws) => DrawnCase;
}

/** Rounds of a random op that CI runs; `Q2L_ENGINE_ROUNDS` asks for another number. */
export const DEFAULT_ROUNDS = 4;

/** The case of one round: the same op and seed give the same case. Its name says all that was drawn. */
export function caseOf({ name, draw }: RandomOp, seed: number): OpCase {
  const { detail, ...drawn } = draw(new Draws(seed * 7919 + textHash(name)));
  const inputs = drawn.inputs.map(({ dtype, shape }) => `${dtype}[${shape.join(',')}]`).join(' ');
  const attributes = detail === undefined ? '' : ` ${JSON.stringify(detail)}`;
  return { ...drawn, name: `${name}, seed ${seed}: ${inputs}${attributes}` };
}

function textHash(text: string): number {
  return [...text].reduce((hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0, 7);
}
