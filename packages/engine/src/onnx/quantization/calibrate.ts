import type { OnnxInitializer, OnnxModel, OnnxNode } from '../format/model.js';
import type { ReadConstant } from './constant-tensors.js';
import { prune } from './prune.js';
import { quantizeModel } from './quantize-model.js';
import type { Range, RangeRule } from './quantization.js';

/** Name of the output of an observed model: `[activations, 2]`, the smallest and largest value of each. */
export const EXTREMES = 'int8/extremes';

/** The activations that become bytes. */
export async function activationsOf(model: OnnxModel, read: ReadConstant): Promise<string[]> {
  const asked = new Set<string>();
  // Which they are, does not depend on the numbers of weights.
  const readShape: ReadConstant = async (tensor) => {
    const constant = await read(tensor);
    return constant && { ...constant, data: new Float32Array() };
  };
  await quantizeModel(model, readShape, (tensor) => {
    asked.add(tensor);
    return [0, 1];
  });
  return [...asked];
}

/** What a model computes up to some activations; its one output is their extremes. */
export function observed(model: OnnxModel, activations: readonly string[]): OnnxModel {
  const one: OnnxInitializer = { name: 'int8/one', type: 'int64', dims: [1], data: BigInt64Array.of(1n) };
  // ONNX Runtime goes back from an output by what stands last in the list of nodes. The earliest activations have to: else it first computes all
  // of them, and keeps each until its turn has come.
  const nodes = activations.map((tensor) => extremesOf(tensor, one.name)).reverse();
  const extremes = activations.flatMap((tensor) => [`${tensor}/min`, `${tensor}/max`]);
  return prune({
    nodes: [...model.nodes, ...nodes.flat(), node('Concat', extremes, EXTREMES, { axis: 0 })],
    initializers: [...model.initializers, one],
    inputs: model.inputs,
    outputs: [{ name: EXTREMES, type: 'float32', dims: [extremes.length] }],
  });
}

/** Nodes that make `TENSOR/min` and `TENSOR/max`, of one element each. */
function extremesOf(tensor: string, one: string): OnnxNode[] {
  return ['min', 'max'].flatMap((which) => {
    const [extreme, scalar] = [`${tensor}/${which}`, `${tensor}/${which}/scalar`];
    const operator = which === 'min' ? 'ReduceMin' : 'ReduceMax';
    return [node(operator, [tensor], scalar, { keepdims: 0 }), node('Reshape', [scalar, one], extreme)];
  });
}

function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: OnnxNode['attributes'] = {},
): OnnxNode {
  return { operator, domain: '', name: output, inputs, outputs: [output], attributes };
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
