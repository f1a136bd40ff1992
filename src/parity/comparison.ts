/** The worst of all comparisons of one kind. */
export interface Check {
  readonly kind: string;
  readonly error: number;
  readonly tolerance: number;
  /** What was compared, where that is not the whole kind: a parameter's name, a step. */
  readonly where: string;
  /** Comparisons of this kind. */
  readonly count: number;
}

/** Collects comparisons and keeps of each kind the one that comes nearest to its tolerance, or is furthest beyond it. */
export class Comparison {
  private readonly worst = new Map<string, Check>();

  get checks(): readonly Check[] {
    return [...this.worst.values()];
  }

  /** An error, absolute or relative, that is not a number is beyond any tolerance. */
  add(kind: string, error: number, tolerance: number, where = ''): void {
    const counted = Number.isNaN(error) ? Infinity : error;
    const old = this.worst.get(kind);
    const count = (old?.count ?? 0) + 1;
    const next = { kind, error: counted, tolerance, where };
    const worse = old === undefined || severity(counted, tolerance) > severity(old.error, old.tolerance);
    this.worst.set(kind, { ...(worse ? next : old), count });
  }

  /** Largest absolute difference of two lists. */
  values(kind: string, actual: ArrayLike<number>, expected: readonly number[], tolerance: number, where = ''): void {
    const difference =
      actual.length === expected.length
        ? expected.reduce((largest, value, index) => worse(largest, Math.abs(actual[index] - value)), 0)
        : Infinity;
    this.add(kind, difference, tolerance, where);
  }
}

/** Where no error is allowed, any is infinitely bad. */
const severity = (error: number, tolerance: number): number => (error === 0 ? 0 : error / tolerance);

const worse = (one: number, other: number): number => (Number.isNaN(other) ? Infinity : Math.max(one, other));

export const isWithin = ({ error, tolerance }: Check): boolean => error <= tolerance;

/** L2 norm of values, or of their difference from others, in double precision. */
export function norm(values: ArrayLike<number>, from?: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = from === undefined ? values[index] : values[index] - from[index];
    sum += value * value;
  }
  return Math.sqrt(sum);
}
