import type { TensorValue } from '../../engine.js';
import { hashRound } from '../../ops/keyed-hash.js';
import { sizeOf } from '../../tensor-value.js';

/** Distance of the places that float inputs are drawn from. */
const STEP = 1 / 16;

/** How far a float input may lie from its place: less than half a step, by more than finite differences reach. */
const JITTER = 0.005;

/** Shapes to draw from. */
export interface ShapeRange {
  /** `[least, most]`. */
  readonly rank?: readonly [number, number];
  /** `[least, most]` length of an axis; one axis in six has one element whatever the least is. */
  readonly extent?: readonly [number, number];
  /** Whether one shape in twelve has an axis without elements; default true. */
  readonly empty?: boolean;
}

/**
 * A reproducible source of test inputs. All float32 values of one case are distinct, apart from each other by 0.05 and from
 * every multiple of 1/16 by 0.025: away from the kinks of absolute values, roundings, maxima and ReLUs.
 */
export class Draws {
  private counter = 0;
  private readonly taken = new Set<number>();

  constructor(private readonly seed: number) {}

  /** In `[0, 1)`. */
  uniform(): number {
    const hash = hashRound(hashRound(this.counter++ ^ hashRound(this.seed)) ^ 0x5bd1e995);
    return (hash >>> 8) / 2 ** 24;
  }

  /** A whole number in `[low, high]`. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  flag(probability = 0.5): boolean {
    return this.uniform() < probability;
  }

  pick<T>(options: readonly T[]): T {
    return options[this.integer(0, options.length - 1)];
  }

  /** The numbers from 0 in any order. */
  order(count: number): number[] {
    const order = Array.from({ length: count }, (_, index) => index);
    for (let index = count - 1; index > 0; index--) {
      const other = this.integer(0, index);
      [order[index], order[other]] = [order[other], order[index]];
    }
    return order;
  }

  shape({ rank = [0, 4], extent = [1, 4], empty = true }: ShapeRange = {}): number[] {
    const shape = Array.from({ length: this.integer(...rank) }, () => (this.flag(1 / 6) ? 1 : this.integer(...extent)));
    if (empty && shape.length > 0 && this.flag(1 / 12)) shape[this.integer(0, shape.length - 1)] = 0;
    return shape;
  }

  /** Two shapes that broadcast against each other. */
  broadcastPair(range: ShapeRange = {}): [number[], number[]] {
    const whole = this.shape(range);
    const partner = () => {
      const kept = whole.slice(this.flag() ? 0 : this.integer(0, whole.length));
      return kept.map((length) => (this.flag(1 / 4) ? 1 : length));
    };
    return this.flag() ? [whole, partner()] : [partner(), whole];
  }

  /** float32 values, at first in `[low, high)`; more room is taken when so many do not fit. */
  floats(shape: readonly number[], low = -2.5, high = 2.5): TensorValue {
    const data = Float32Array.from({ length: sizeOf(shape) }, () => {
      const place = this.place(Math.ceil(low / STEP), Math.floor(high / STEP));
      return (place + 0.5) * STEP + (this.uniform() * 2 - 1) * JITTER;
    });
    return { dtype: 'float32', shape, data };
  }

  /** int32 values in `[low, high]`. */
  integers(shape: readonly number[], low: number, high: number): TensorValue {
    return { dtype: 'int32', shape, data: Int32Array.from({ length: sizeOf(shape) }, () => this.integer(low, high)) };
  }

  truths(shape: readonly number[]): TensorValue {
    return { dtype: 'bool', shape, data: Uint8Array.from({ length: sizeOf(shape) }, () => Number(this.flag())) };
  }

  private place(low: number, high: number): number {
    for (let top = high; ; top += high - low) {
      for (let attempt = 0; attempt < 8; attempt++) {
        const place = this.integer(low, top - 1);
        if (this.taken.has(place)) continue;
        this.taken.add(place);
        return place;
      }
    }
  }
}
