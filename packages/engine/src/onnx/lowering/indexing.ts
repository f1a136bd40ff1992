import type { NodeOf } from '../../graph/value.js';
import type { Lowering, LoweringContext, LoweringTable } from './context.js';
import { inputAt } from './context.js';
import { castName, castTo, fresh } from './elementwise.js';
import type { Lowered } from './lowered.js';

function gather(node: NodeOf<'Gather'>, { emitter, get }: LoweringContext): Lowered {
  const x = emitter.canonical(get(inputAt(node, 0)));
  const indices = emitter.canonical(get(inputAt(node, 1)));
  const { axis, batchDimensions } = node.attributes;
  if (batchDimensions === 0) {
    return fresh(emitter.emit('Gather', [x.name, indices.name], { attributes: { axis } }), node);
  }
  // [batch..., picks...] -> [batch..., picks..., 1]
  const rows = emitter.reshape(castName(emitter, indices.name, 'int64'), [...indices.shape, 1]);
  return fresh(emitter.emit('GatherND', [x.name, rows], { attributes: { batch_dims: batchDimensions } }), node);
}

const scatter =
  (reduction: 'add' | 'none'): Lowering<'ScatterAdd' | 'ScatterUpdate'> =>
  (node, { emitter, get }) => {
    const [target, indices, updates] = [0, 1, 2].map((position) => get(inputAt(node, position)));
    if (target === undefined || indices === undefined || updates === undefined)
      throw new Error('Scatter takes three inputs');
    const rows = castName(emitter, emitter.canonical(indices).name, 'int64');
    const inputs = [emitter.canonical(target).name, rows, emitter.canonical(castTo(emitter, updates, node.dtype)).name];
    return fresh(emitter.emit('ScatterND', inputs, { attributes: { reduction } }), node);
  };

export const indexingLowerings: LoweringTable<'Gather' | 'GatherNd' | 'ScatterAdd' | 'ScatterUpdate'> = {
  Gather: gather,
  GatherNd: (node, { emitter, get }) => {
    const x = emitter.canonical(get(inputAt(node, 0)));
    const rows = castName(emitter, emitter.canonical(get(inputAt(node, 1))).name, 'int64');
    return fresh(emitter.emit('GatherND', [x.name, rows]), node);
  },
  ScatterAdd: scatter('add'),
  ScatterUpdate: scatter('none'),
};
