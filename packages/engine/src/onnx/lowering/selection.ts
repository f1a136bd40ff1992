import type { LoweringTable } from './context.js';
import { inputAt } from './context.js';
import { broadcast, castName, castTo, fresh, mapElements, renamed } from './elementwise.js';

/** A slope that takes the least positive number that is not denormal above 1. */
const STEEP = 2 ** 127;

/** Operations that choose, clip or gate elements. */
export const selectionLowerings: LoweringTable<
  'ClipByValue' | 'LeakyRelu' | 'OneHot' | 'ReluGrad' | 'Select' | 'Step'
> = {
  ClipByValue: (node, { emitter, get }) => {
    const x = get(inputAt(node, 0));
    const { minimum, maximum } = node.attributes;
    const bounds = [emitter.number(x.dtype, minimum), emitter.number(x.dtype, maximum)];
    return renamed(x, emitter.emit('Clip', [emitter.nameWithRank(x), ...bounds]));
  },
  LeakyRelu: (node, { emitter, get }) => {
    const x = castTo(emitter, get(inputAt(node, 0)), 'float32');
    const attributes = { alpha: { float: node.attributes.alpha } };
    return castTo(
      emitter,
      renamed(x, emitter.emit('LeakyRelu', [emitter.nameWithRank(x)], { attributes })),
      node.dtype,
    );
  },
  OneHot: (node, { emitter, get }) => {
    const { depth, onValue, offValue } = node.attributes;
    const indices = emitter.canonical(get(inputAt(node, 0)));
    // [..., 1] against [depth]
    const column = emitter.reshape(indices.name, [...indices.shape, 1]);
    const classes = emitter.constant(
      'int32',
      [depth],
      Int32Array.from({ length: depth }, (_, index) => index),
    );
    const hits = emitter.emit('Equal', [column, classes]);
    if (onValue === 1 && offValue === 0) return fresh(castName(emitter, hits, node.dtype), node);
    const values = [emitter.number(node.dtype, onValue), emitter.number(node.dtype, offValue)];
    return fresh(emitter.emit('Where', [hits, ...values]), node);
  },
  ReluGrad: (node, { emitter, get }) => {
    const y = emitter.full(get(inputAt(node, 1)));
    // 1 for every positive number, in one pass over memory, and a product: ONNX Runtime's selection takes five times as long.
    const gate = mapElements(emitter, 'HardSigmoid', y, 'float32', { alpha: { float: STEEP }, beta: { float: 0 } });
    return broadcast(emitter, 'Mul', [get(inputAt(node, 0)), gate], node.shape, 'float32');
  },
  Select: (node, { emitter, get }) => {
    const condition = castTo(emitter, get(inputAt(node, 0)), 'bool');
    const branches = [get(inputAt(node, 1)), get(inputAt(node, 2))];
    // ONNX Runtime has no selection of truth values.
    const operands = node.dtype === 'bool' ? branches.map((branch) => castTo(emitter, branch, 'int32')) : branches;
    const chosen = broadcast(
      emitter,
      'Where',
      [condition, ...operands],
      node.shape,
      node.dtype === 'bool' ? 'int32' : node.dtype,
    );
    return castTo(emitter, chosen, node.dtype);
  },
  Step: (node, { emitter, get }) => {
    const x = get(inputAt(node, 0));
    const { alpha } = node.attributes;
    const positive = broadcast(emitter, 'Greater', [x, emitter.splat(0, [], x.dtype)], x.shape, 'bool');
    if (alpha === 0) return castTo(emitter, positive, x.dtype);
    const values = [emitter.splat(1, [], x.dtype), emitter.splat(alpha, [], x.dtype)];
    return broadcast(emitter, 'Where', [positive, ...values], x.shape, x.dtype);
  },
};
