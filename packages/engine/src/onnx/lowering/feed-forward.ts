import { countUses } from '../../graph/graph.js';
import type { Graph } from '../../graph/graph.js';
import type { NodeOf, Value } from '../../graph/value.js';
import { isNode } from '../../graph/value.js';
import type { BiasFusion } from './bias-fusion.js';
import type { LoweringContext } from './context.js';
import { inputAt } from './context.js';
import { fresh } from './elementwise.js';
import type { Emitter } from './emitter.js';
import { CHANNELS_FIRST, FILTER_OIHW, inverseLayout } from './layout.js';
import type { Lowered } from './lowered.js';

/** A product of `[rows, inner]` with constant weights, and what is added to each row. */
interface Layer {
  readonly product: NodeOf<'BatchMatMul'>;
  readonly bias: Value | undefined;
  /** The value that both give. */
  readonly value: Value;
}

/** Two layers with a ReLU between them: `relu(x W1 + b1) W2 + b2`. */
export interface FeedForward {
  readonly first: Layer;
  readonly second: Layer;
  /** Values that are computed on the way and that nothing else uses. */
  readonly within: readonly Value[];
}

export interface FeedForwardSearch {
  readonly graph: Graph;
  readonly fusions: ReadonlyMap<Value, BiasFusion>;
  readonly constants: ReadonlySet<Value>;
  /** Channels in a block of ONNX Runtime's convolutions. */
  readonly block: number;
}

/**
 * Finds pairs of layers that are faster as two convolutions of one pixel: ONNX Runtime computes these in blocks of channels, with bias
 * and ReLU on the way, so that the large value between them is written once and read once, and never put in order.
 * @returns the pairs by the value that they give
 */
export function findFeedForwards(search: FeedForwardSearch): ReadonlyMap<Value, FeedForward> {
  const uses = countUses(search.graph);
  const once = (value: Value | undefined): value is Value => value !== undefined && uses.get(value) === 1;
  const found = new Map<Value, FeedForward>();
  // An addition is looked at before its product.
  for (const value of [...search.graph.values].reverse()) {
    const second = layerOf(value, search);
    if (second === undefined || [...found.values()].some(({ within }) => within.includes(value))) continue;
    const input = inputAt(second.product, 0);
    const rectified = withoutReshape(input);
    if (rectified === undefined || !isNode(rectified, 'Relu')) continue;
    const sum = inputAt(rectified, 0);
    const before = withoutReshape(sum);
    const first = before && layerOf(before, search);
    if (first === undefined || first.value.shape[1] !== input.shape[1]) continue;
    const inner = new Set([input, rectified, sum, first.value, first.product, second.product]);
    inner.delete(second.value);
    if ([...inner].every(once)) found.set(value, { first, second, within: [...inner] });
  }
  return found;
}

/** What a value is a reshape of, or the value itself. */
function withoutReshape(value: Value): Value | undefined {
  return isNode(value, 'Reshape') ? value.inputs[0] : value;
}

function layerOf(value: Value, { fusions, constants, block }: FeedForwardSearch): Layer | undefined {
  const fusion = fusions.get(value);
  const product = fusion?.product ?? value;
  if (!isNode(product, 'BatchMatMul') || product.attributes.transposeA) return undefined;
  const [x, weights] = [inputAt(product, 0), inputAt(product, 1)];
  if (x.shape.length !== 2 || weights.shape.length !== 2 || constants.has(x) || !constants.has(weights)) {
    return undefined;
  }
  return weights.shape.every((length) => length % block === 0) ? { product, bias: fusion?.bias, value } : undefined;
}

/** The pair as convolutions of pictures of one row; ONNX Runtime brings them into blocks. */
export function feedForward({ first, second }: FeedForward, context: LoweringContext): Lowered {
  const { emitter, get } = context;
  const x = emitter.canonical(get(inputAt(first.product, 0)));
  const [rows = 0, inner = 0] = x.shape;
  const picture = emitter.reshape(x.name, [1, 1, rows, inner]);
  const channelsFirst = emitter.emit('Transpose', [picture], { attributes: { perm: [...CHANNELS_FIRST] } });
  const hidden = emitter.emit('Relu', [pixelConvolution(first, channelsFirst, context)]);
  const result = pixelConvolution(second, hidden, context);
  const ordered = emitter.emit('Transpose', [result], { attributes: { perm: [...inverseLayout(CHANNELS_FIRST)] } });
  return fresh(emitter.reshape(ordered, second.value.shape), second.value);
}

function pixelConvolution({ product, bias }: Layer, picture: string, { emitter, get }: LoweringContext): string {
  const inputs = [picture, pixelFilter(emitter, get(inputAt(product, 1)), product.attributes.transposeB)];
  if (bias !== undefined) inputs.push(emitter.canonical(get(bias)).name);
  return emitter.emit('Conv', inputs, { attributes: { kernel_shape: [1, 1] } });
}

/** Weights `[in, out]`, or `[out, in]` if turned, as the filter `[out, in, 1, 1]`. */
function pixelFilter(emitter: Emitter, weights: Lowered, turned: boolean): string {
  const { name, dims } = emitter.canonical(weights);
  if (turned) return emitter.declaredAs(name, [...dims, 1, 1]);
  return emitter.derive(weights, 'pixel filter', () =>
    emitter.emit('Transpose', [emitter.declaredAs(name, [1, 1, ...dims])], {
      attributes: { perm: [...FILTER_OIHW] },
    }),
  );
}
