import { bicubicResampling } from '@query2label/sdk';

/**
 * Interpolates a table of relative biases `[(2 * window - 1)^2, heads]` to that of another window. `undefined` if the shape is not that
 * of such a table.
 * @param shape of the table at hand
 * @param window that is wanted
 */
export function biasResizer(
  shape: readonly number[],
  window: number,
  heads: number,
): ((values: Float32Array) => Float32Array) | undefined {
  const [rows = 0, columns] = shape;
  const from = Math.sqrt(rows);
  if (shape.length !== 2 || columns !== heads || from < 1 || !Number.isInteger(from)) return undefined;
  const to = 2 * window - 1;
  return (values) => {
    const matrix = bicubicResampling({ height: from, width: from }, { height: to, width: to });
    const result = new Float32Array(to * to * heads);
    for (let place = 0; place < to * to; place += 1) {
      for (let old = 0; old < rows; old += 1) {
        const weight = matrix[place * rows + old];
        if (weight === 0) continue;
        for (let head = 0; head < heads; head += 1) {
          result[place * heads + head] += weight * values[old * heads + head];
        }
      }
    }
    return result;
  };
}
