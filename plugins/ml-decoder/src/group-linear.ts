import { tf } from '@query2label/sdk';
import type { ForwardScope, ParameterDeclarations } from '@query2label/sdk';
import type { LabelGroups } from './label-groups.js';

/** `(scope, queries [batch, groups, width]) -> [batch, labels]` */
export type GroupLinear = (scope: ForwardScope, queries: tf.Tensor3D) => tf.Tensor2D;

/**
 * The group fully-connected layer (Ridnik et al. 2021, section 3.2): a matrix for each query, which answers all labels of its group.
 * Declares `duplicate_pooling` `[groups, width, labels of a group]` and `duplicate_pooling_bias` `[labels]`.
 */
export function groupLinear(
  parameters: ParameterDeclarations,
  { labels, groups, width }: { readonly labels: number; readonly groups: LabelGroups; readonly width: number },
): GroupLinear {
  const { count, size } = groups;
  // Glorot's normal of the whole tensor, as PyTorch computes its fans: width * size in, count * size out.
  const standardDeviation = Math.sqrt(2 / (size * (width + count)));
  const weight = parameters.declare('duplicate_pooling', [count, width, size], { kind: 'normal', standardDeviation });
  const bias = parameters.declare('duplicate_pooling_bias', [labels], { kind: 'zeros' });
  return (scope, queries) => {
    const matrices = tf.reshape<tf.Rank.R3>(scope.parameter(weight), [count, width, size]);
    // [batch, groups, width] -> [groups, batch, width] -> [groups, batch, labels of a group]
    const answers = tf.matMul(tf.transpose(queries, [1, 0, 2]), matrices);
    // -> [batch, groups * labels of a group]: the last places of a group that is not full belong to no label
    const flat = tf.reshape<tf.Rank.R2>(tf.transpose(answers, [1, 0, 2]), [queries.shape[0], count * size]);
    const logits = count * size === labels ? flat : tf.slice(flat, [0, 0], [queries.shape[0], labels]);
    return tf.add<tf.Tensor2D>(logits, scope.parameter(bias));
  };
}
