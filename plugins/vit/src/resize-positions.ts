import { bicubicResampling } from '@query2label/sdk';

/**
 * Interpolates a position table `[1, 1 + cells, channels]` between square grids; the first row, the class token's, stays. `undefined` if
 * the shape is not that of such a table.
 * @param shape of the table at hand
 * @param to rows and columns of the grid that is wanted
 */
export function positionResizer(
  shape: readonly number[],
  to: number,
  channels: number,
): ((values: Float32Array) => Float32Array) | undefined {
  const [one, rows = 0, width] = shape;
  const from = Math.sqrt(rows - 1);
  if (shape.length !== 3 || one !== 1 || width !== channels || from < 1 || !Number.isInteger(from)) return undefined;
  return (values) => {
    const matrix = bicubicResampling({ height: from, width: from }, { height: to, width: to });
    const result = new Float32Array((1 + to * to) * channels);
    result.set(values.subarray(0, channels));
    for (let cell = 0; cell < to * to; cell += 1) {
      const target = result.subarray((1 + cell) * channels, (2 + cell) * channels);
      for (let old = 0; old < from * from; old += 1) {
        const weight = matrix[cell * from * from + old];
        if (weight === 0) continue;
        const source = (1 + old) * channels;
        for (let channel = 0; channel < channels; channel += 1) target[channel] += weight * values[source + channel];
      }
    }
    return result;
  };
}
