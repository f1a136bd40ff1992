import type { NamedAttrMap } from '@tensorflow/tfjs';
import { EngineError } from './errors.js';

/** The attributes of one call of a TensorFlow.js kernel, checked as they are read. */
export class KernelAttributes {
  constructor(
    readonly kernel: string,
    private readonly attributes: NamedAttrMap,
  ) {}

  /** How errors name the call. */
  get op(): string {
    return `The kernel ${this.kernel}`;
  }

  number(name: string, fallback?: number): number {
    const value: unknown = this.attributes[name] ?? fallback;
    if (typeof value === 'number') return value;
    throw this.wrongAttribute(name, 'a number');
  }

  flag(name: string): boolean {
    const value: unknown = this.attributes[name] ?? false;
    if (typeof value === 'boolean') return value;
    throw this.wrongAttribute(name, 'true or false');
  }

  text(name: string, fallback?: string): string {
    const value: unknown = this.attributes[name] ?? fallback;
    if (typeof value === 'string') return value;
    throw this.wrongAttribute(name, 'a word');
  }

  has(name: string): boolean {
    return this.attributes[name] !== undefined && this.attributes[name] !== null;
  }

  numbers(name: string): readonly number[] {
    const value: unknown = this.attributes[name];
    if (typeof value === 'number') return [value];
    return this.toNumbers(name, value);
  }

  /** A list of lists, such as paddings. */
  rows(name: string): readonly (readonly number[])[] {
    const value: unknown = this.attributes[name];
    if (!Array.isArray(value)) throw this.wrongAttribute(name, 'a list of lists');
    return value.map((row) => this.toNumbers(name, row));
  }

  /** `[height, width]`, both equal to the number when there is one. */
  pair(name: string, fallback?: number): readonly [number, number] {
    const value: unknown = this.attributes[name] ?? fallback;
    if (typeof value === 'number') return [value, value];
    const numbers = this.toNumbers(name, value);
    const [height, width = height] = numbers;
    if (height === undefined || width === undefined || numbers.length > 2) throw this.wrongAttribute(name, 'a pair');
    return [height, width];
  }

  /** `[depth, height, width]`, all equal to the number when there is one. */
  triple(name: string, fallback?: number): readonly [number, number, number] {
    const value: unknown = this.attributes[name] ?? fallback;
    if (typeof value === 'number') return [value, value, value];
    const [depth, height, width] = this.toNumbers(name, value);
    if (depth === undefined || height === undefined || width === undefined) throw this.wrongAttribute(name, 'a triple');
    return [depth, height, width];
  }

  /** An attribute as it came, to be told apart by the caller. */
  raw(name: string): unknown {
    return this.attributes[name];
  }

  /** Axes as non-negative numbers; all of them when none is named. */
  axes(name: string, rank: number): readonly number[] {
    const value: unknown = this.attributes[name];
    if (value === undefined || value === null) return Array.from({ length: rank }, (_, axis) => axis);
    return this.numbers(name).map((axis) => this.positiveAxis(axis, rank));
  }

  axis(name: string, rank: number): number {
    return this.positiveAxis(this.numbers(name)[0] ?? 0, rank);
  }

  private positiveAxis(axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(axis) || positive < 0 || positive >= Math.max(rank, 1)) {
      throw new EngineError(`${this.op}: there is no axis ${axis} in a tensor of rank ${rank}.`);
    }
    return positive;
  }

  private toNumbers(name: string, value: unknown): readonly number[] {
    if (Array.isArray(value) || value instanceof Int32Array || value instanceof Float32Array) {
      const numbers = Array.from<unknown>(value);
      if (numbers.every((element) => typeof element === 'number')) return numbers;
    }
    throw this.wrongAttribute(name, 'a list of numbers');
  }

  private wrongAttribute(name: string, expected: string): EngineError {
    return new EngineError(`The kernel ${this.kernel} needs ${expected} for its attribute ${name}.`);
  }
}
