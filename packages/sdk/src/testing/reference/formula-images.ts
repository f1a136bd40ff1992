import type { TensorValue } from '@query2label/engine';
import { hashOf, uniformAt } from './formula.js';

/** Cell sizes in pixels and amplitudes of the noise that an image is the sum of. */
const OCTAVES = [
  { cell: 32, amplitude: 2 },
  { cell: 8, amplitude: 1 },
  { cell: 1, amplitude: 0.5 },
] as const;

/** Square images of coloured noise, already normalised, `[batch, size, size, 3]`. */
export function formulaImages(name: string, batch: number, size: number): TensorValue {
  const data = new Float32Array(batch * size * size * 3);
  const octaves = OCTAVES.map((octave) => ({
    ...octave,
    seed: hashOf(`image:${name}:${octave.cell}`),
    cells: Math.ceil(size / octave.cell),
  }));
  let place = 0;
  for (let image = 0; image < batch; image += 1) {
    for (let y = 0; y < size; y += 1) {
      for (let x = 0; x < size; x += 1) {
        for (let channel = 0; channel < 3; channel += 1) {
          const value = octaves.reduce((sum, { cell, amplitude, seed, cells }) => {
            const row = (image * 3 + channel) * cells + Math.floor(y / cell);
            return sum + amplitude * uniformAt(seed, row * cells + Math.floor(x / cell));
          }, 0);
          data[place] = value;
          place += 1;
        }
      }
    }
  }
  return { dtype: 'float32', shape: [batch, size, size, 3], data };
}
