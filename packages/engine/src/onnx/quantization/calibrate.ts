import type { OnnxModel, OnnxNode } from '../format/model.js';
import type { ConstantTensor } from './constant-tensors.js';
import { quantizeModel } from './quantize-model.js';
import type { Range, RangeRule } from './quantization.js';

/** Name of the extra output of an observed model: `[activations, 2]`, the smallest and largest value of each. */
export const EXTREMES = 'int8/extremes';

/** The activations that become bytes. */
export function activationsOf(model: OnnxModel, weights: ReadonlyMap<string, ConstantTensor>): string[] {
  const asked = new Set<string>();
  quantizeModel(model, weights, (tensor) => {
    asked.add(tensor);
    return [0, 1];
  });
  return [...asked];
}

/** A model with one more output: the extremes of some activations. */
export function observed(model: OnnxModel, activations: readonly string[]): OnnxModel {
  const nodes: OnnxNode[] = [];
  const emit = (operator: string, inputs: readonly string[], output: string, attributes: OnnxNode['attributes']) => {
    nodes.push({ operator, domain: '', name: output, inputs, outputs: [output], attributes });
    return output;
  };
  const shape = { name: 'int8/one', type: 'int64', dims: [1], data: BigInt64Array.of(1n) } as const;
  const extremes = activations.flatMap((tensor, index) =>
    (['ReduceMin', 'ReduceMax'] as const).map(
      (operator) =>
      emit('Reshape', [emit(operator, [tensor], `int8/${operator}/${index}`, { keepdims: 0 }), shape.name], `int8/${operator}/${index}/one`, {}), // prettier-ignore
    ),
  );
  emit('Concat', extremes, EXTREMES, { axis: 0 });
  return {
    nodes: [...model.nodes, ...nodes],
    initializers: [...model.initializers, shape],
    inputs: model.inputs,
    outputs: [...model.outputs, { name: EXTREMES, type: 'float32', dims: [extremes.length] }],
  };
}

/** Ranges from the extremes of samples, one after the other. */
export class RangeCollector {
  private samples = 0;
  private readonly lows: Float64Array;
  private readonly highs: Float64Array;

  constructor(
    private readonly activations: readonly string[],
    private readonly rule: RangeRule,
  ) {
    const start = rule === 'extremes' ? Infinity : 0;
    this.lows = new Float64Array(activations.length).fill(start);
    this.highs = new Float64Array(activations.length).fill(-start);
  }

  /** @param extremes `[activations, 2]` of one sample */
  add(extremes: Float32Array): void {
    this.samples += 1;
    this.activations.forEach((_, index) => {
      const [low, high] = [extremes[2 * index], extremes[2 * index + 1]];
      this.lows[index] = this.rule === 'extremes' ? Math.min(this.lows[index], low) : this.lows[index] + low;
      this.highs[index] = this.rule === 'extremes' ? Math.max(this.highs[index], high) : this.highs[index] + high;
    });
  }

  get count(): number {
    return this.samples;
  }

  ranges(): Record<string, Range> {
    const share = this.rule === 'extremes' ? 1 : this.samples;
    return Object.fromEntries(
      this.activations.map((name, index) => [name, [this.lows[index] / share, this.highs[index] / share]]),
    );
  }
}
