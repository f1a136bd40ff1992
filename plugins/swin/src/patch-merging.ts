import { layerNorm, linear, tf } from '@query2label/sdk';
import type { Layer, ParameterDeclarations } from '@query2label/sdk';

/**
 * Joins 2 x 2 cells: `[batch, height, width, channels] -> [batch, ceil(height / 2), ceil(width / 2), 2 * channels]`. Odd sides get a row or
 * column of zeros. Declares `norm` and `reduction`.
 */
export function patchMerging(parameters: ParameterDeclarations, width: number): Layer {
  const reduce = linear(parameters.scope('reduction'), { inputs: 4 * width, outputs: 2 * width, bias: false });
  const norm = layerNorm(parameters.scope('norm'), { width: 4 * width });
  return (scope, x) => {
    const [batch, height, columns] = x.shape;
    const [rows, half] = [Math.ceil(height / 2), Math.ceil(columns / 2)];
    const even =
      height % 2 === 0 && columns % 2 === 0
        ? x
        : tf.pad(x, [
            [0, 0],
            [0, height % 2],
            [0, columns % 2],
            [0, 0],
          ]);
    const split = tf.reshape(even, [batch, rows, 2, half, 2, width]);
    // the official order: column by column, [batch, rows, 2, half, 2, width] -> [batch, rows, half, column, row, width]
    const moved = tf.transpose(split, [0, 1, 3, 4, 2, 5]);
    return reduce(scope, norm(scope, tf.reshape<tf.Rank.R4>(moved, [batch, rows, half, 4 * width])));
  };
}
