import { InferenceSession, Tensor } from 'onnxruntime-node';
import { EngineError } from '../../errors.js';
import type { OnnxInitializer, OnnxModel, OnnxNode, OnnxPort } from '../format/model.js';
import { writeModel } from '../format/write-model.js';
import { needed } from './prune.js';

/** A float tensor that depends on no input. */
export interface ConstantTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Gives a tensor, if it is of floats and depends on no input. */
export type ReadConstant = (tensor: string) => Promise<ConstantTensor | undefined>;

/** Elements of an initializer that is worth no copy. */
const LARGE = 1024;

const VALUES = 'constant/values';
const SHAPE = 'constant/shape';
const FLAT: OnnxInitializer = { name: 'constant/flat', type: 'int64', dims: [1], data: BigInt64Array.of(-1n) };

const node = (operator: string, inputs: readonly string[], output: string): OnnxNode => ({
  ...{ operator, domain: '', name: output, inputs, outputs: [output], attributes: {} },
});

type Part = Pick<OnnxModel, 'nodes' | 'initializers'>;

/**
 * Reads the constants of a model. Those that nodes make of initializers are computed when they are asked for: kept, they would take as
 * much memory as the model once more.
 */
export function constantsOf(model: OnnxModel): ReadConstant {
  const inputs = new Set(model.inputs.map(({ name }) => name));
  const given = new Map(model.initializers.map((initializer) => [initializer.name, initializer]));
  return async (tensor) => {
    const initializer = given.get(tensor);
    if (initializer !== undefined) {
      const { dims, data } = initializer;
      return data instanceof Float32Array ? { dims, data } : undefined;
    }
    const { reached, nodes, initializers } = needed(model, [tensor]);
    const constant = nodes.length > 0 && ![...reached].some((name) => inputs.has(name));
    return constant ? compute(tensor, { nodes, initializers }) : undefined;
  };
}

async function compute(tensor: string, { nodes, initializers }: Part): Promise<ConstantTensor> {
  const copies = [node('Reshape', [tensor, FLAT.name], VALUES), node('Shape', [tensor], SHAPE)];
  const outputs: OnnxPort[] = [
    { name: VALUES, type: 'float32', dims: ['elements'] },
    { name: SHAPE, type: 'int64', dims: ['rank'] },
  ];
  // Sessions copy initializers, and read inputs where they are.
  const [large, small] = [initializers.filter(isLarge), initializers.filter((initializer) => !isLarge(initializer))];
  const part = { nodes: [...nodes, ...copies], initializers: [...small, FLAT], inputs: large, outputs };
  const { bytes, external } = writeModel(part, 'constant');
  const session = await InferenceSession.create(bytes, {
    ...{ logSeverityLevel: 3, externalData: external },
    // It runs once.
    ...{ graphOptimizationLevel: 'disabled', intraOpNumThreads: 1 },
  });
  try {
    const feeds = large.map(({ name, dims, data }) => [name, new Tensor('float32', floats(name, data), dims)] as const);
    const results = await session.run(Object.fromEntries(feeds));
    const { data: shape } = results[SHAPE];
    if (!(shape instanceof BigInt64Array)) throw new EngineError(`The constant "${tensor}" has no shape.`);
    return { dims: Array.from(shape, Number), data: floats(tensor, results[VALUES].data) };
  } finally {
    await session.release();
  }
}

function isLarge({ data }: OnnxInitializer): boolean {
  return data instanceof Float32Array && data.length >= LARGE;
}

function floats(tensor: string, data: unknown): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new EngineError(`The constant "${tensor}" is not of float32: it cannot be a weight.`);
}
