import type { TensorSpec, TensorValue } from '../engine.js';
import { drawUniform } from '../ops/keyed-hash.js';
import { sizeOf } from '../tensor-value.js';

/** Reproducible test data: float32 in `[-1, 1)`, int32 in `[0, 5)`, bool. */
export function seededValue(spec: TensorSpec, seed: number): TensorValue {
  const draws = drawUniform([seed, 17], 0, sizeOf(spec.shape));
  if (spec.dtype === 'float32') return { ...spec, data: draws.map((draw) => draw * 2 - 1) };
  if (spec.dtype === 'int32') return { ...spec, data: Int32Array.from(draws, (draw) => Math.floor(draw * 5)) };
  return { ...spec, data: Uint8Array.from(draws, (draw) => Number(draw < 0.5)) };
}
