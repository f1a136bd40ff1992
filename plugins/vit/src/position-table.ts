import { bicubicResampling, tf } from '@query2label/sdk';
import type { ForwardScope, ParameterDeclarations } from '@query2label/sdk';

export interface PositionTableOptions {
  /** Rows and columns of the declared table. */
  readonly grid: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * Declares `pos_embedding` `[1, 1 + grid * grid, channels]`, the class token's first, and yields it for a map of another size, as
 * `[1, 1 + height * width, channels]`. Resampling happens in the program, so that the declared table is what learns.
 */
export function positionTable(
  parameters: ParameterDeclarations,
  { grid, height, width, channels }: PositionTableOptions,
): (scope: ForwardScope) => tf.Tensor3D {
  const cells = grid * grid;
  const name = parameters.declare('pos_embedding', [1, cells + 1, channels], {
    kind: 'normal',
    standardDeviation: 0.02,
  });
  const fits = height === grid && width === grid;
  const resampling = fits
    ? undefined
    : parameters.table(
        'pos_embedding_resampling',
        [height * width, cells],
        bicubicResampling({ height: grid, width: grid }, { height, width }),
      );
  return (scope) => {
    // [1, 1 + cells, channels] -> [1 + cells, channels]
    const table = tf.reshape<tf.Rank.R2>(scope.parameter(name), [cells + 1, channels]);
    if (resampling === undefined) return tf.expandDims<tf.Tensor3D>(table, 0);
    const patches = tf.matMul(scope.parameter(resampling), tf.slice(table, [1, 0], [cells, channels]));
    const joined = tf.concat([tf.slice(table, [0, 0], [1, channels]), patches], 0);
    return tf.expandDims<tf.Tensor3D>(joined, 0);
  };
}
