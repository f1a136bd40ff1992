import { countUses } from '../../graph/graph.js';
import type { Graph } from '../../graph/graph.js';
import type { NodeOf, Value } from '../../graph/value.js';
import { isNode } from '../../graph/value.js';

/** An addition that the operator before it does on the way. */
export interface BiasFusion {
  readonly product: NodeOf<'Conv2D'> | NodeOf<'BatchMatMul'>;
  readonly bias: Value;
}

/** Finds the additions of a vector to a convolution or matrix product that nothing else uses. */
export function findBiasFusions(graph: Graph): ReadonlyMap<Value, BiasFusion> {
  const uses = countUses(graph);
  const fusions = new Map<Value, BiasFusion>();
  for (const value of graph.values) {
    if (!isNode(value, 'Add')) continue;
    for (const position of [0, 1]) {
      const [product, bias] = [value.inputs[position], value.inputs[1 - position]];
      if (product === undefined || bias === undefined || uses.get(product) !== 1) continue;
      const vector = bias.shape.length === 1 && bias.shape[0] === value.shape.at(-1) && bias.kind !== 'splat';
      if (!vector || bias.id > value.id) continue;
      if (isNode(product, 'Conv2D') || (isNode(product, 'BatchMatMul') && isPlainProduct(product))) {
        fusions.set(value, { product, bias });
        break;
      }
    }
  }
  return fusions;
}

function isPlainProduct(product: NodeOf<'BatchMatMul'>): boolean {
  return product.dtype === 'float32' && product.inputs.every((input) => input.shape.length === 2);
}
