import { createHash } from 'node:crypto';
import type { NamedValues, Program, ProgramSignature } from '../engine.js';
import type { Value } from '../graph/value.js';
import { signatureAt } from '../signature/batch.js';
import { checkSignature } from '../signature/check-signature.js';
import { trace } from '../trace/trace.js';

/**
 * SHA-256 of what a program computes: its recorded operations, their attributes and shapes, the names of its arguments and results, and the
 * data of its constants. Equal for equal computations, whatever code recorded them; constants that no result depends on do not count,
 * and axes that follow the batch count as one.
 * @returns lower-case hexadecimal
 * @throws UnsupportedProgramError if it does what a static graph cannot
 */
export function programFingerprint(label: string, program: Program, signature: ProgramSignature): string {
  const { graph } = trace(label, program, signatureAt(checkSignature(label, signature), 1));
  const hash = createHash('sha256');
  const places = new Map<Value, number>();
  const placeOf = (value: Value): number => places.get(value) ?? -1;
  for (const value of graph.values) {
    places.set(value, places.size);
    hash.update(`${JSON.stringify(described(value, placeOf), withEveryNumber)}\n`);
    const data = dataOf(value, signature.constants);
    if (data !== undefined) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  for (const { role, name, value } of graph.results) hash.update(`${JSON.stringify([role, name, placeOf(value)])}\n`);
  return hash.digest('hex');
}

function described(value: Value, placeOf: (input: Value) => number): readonly unknown[] {
  const { kind, shape, dtype } = value;
  switch (value.kind) {
    case 'argument':
      return [kind, shape, dtype, value.role, value.name];
    case 'literal':
      return [kind, shape, dtype];
    case 'splat':
      return [kind, shape, dtype, value.value];
    case 'node':
      return [kind, shape, dtype, value.operation, value.inputs.map(placeOf), value.attributes];
  }
}

function dataOf(value: Value, constants: NamedValues) {
  if (value.kind === 'literal') return value.data;
  return value.kind === 'argument' && value.role === 'constant' ? constants[value.name]?.data : undefined;
}

/** JSON has no word for infinities, NaN and negative zero. */
function withEveryNumber(_key: string, value: unknown): unknown {
  return typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
    ? Object.is(value, -0)
      ? '-0'
      : String(value)
    : value;
}
