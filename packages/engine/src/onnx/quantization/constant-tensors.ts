import { InferenceSession } from 'onnxruntime-node';
import { EngineError } from '../../errors.js';
import type { OnnxInitializer, OnnxModel, OnnxNode, OnnxPort } from '../format/model.js';
import { writeModel } from '../format/write-model.js';
import { needed } from './prune.js';

/** A float tensor that depends on no input. */
export interface ConstantTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

const valuesOf = (index: number): string => `values/${index}`;
const shapeOf = (index: number): string => `shape/${index}`;
const node = (operator: string, inputs: readonly string[], output: string): OnnxNode => ({
  ...{ operator, domain: '', name: output, inputs, outputs: [output], attributes: {} },
});

/** Computes those of some float tensors that depend on initializers alone; the others are left out. */
export async function constantTensors(
  model: OnnxModel,
  names: readonly string[],
): Promise<ReadonlyMap<string, ConstantTensor>> {
  const inputs = new Set(model.inputs.map(({ name }) => name));
  const constant = [...new Set(names)].filter((name) => {
    const { reached, initializers, nodes } = needed(model, [name]);
    return initializers.length + nodes.length > 0 && ![...reached].some((tensor) => inputs.has(tensor));
  });
  if (constant.length === 0) return new Map();
  const part = needed(model, constant);
  const flat: OnnxInitializer = { name: 'flat', type: 'int64', dims: [1], data: BigInt64Array.of(-1n) };
  const copies = constant.flatMap((name, index) => [
    node('Reshape', [name, flat.name], valuesOf(index)),
    node('Shape', [name], shapeOf(index)),
  ]);
  const outputs = constant.flatMap((_, index): OnnxPort[] => [
    { name: valuesOf(index), type: 'float32', dims: [`elements ${index}`] },
    { name: shapeOf(index), type: 'int64', dims: [`rank ${index}`] },
  ]);
  const initializers = [...part.initializers, flat];
  const whole = { nodes: [...part.nodes, ...copies], initializers, inputs: [], outputs };
  const { bytes, external } = writeModel(whole, 'constants');
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3, externalData: external });
  try {
    const results = await session.run({});
    return new Map(
      constant.map((name, index) => {
        const { data } = results[valuesOf(index)];
        const { data: shape } = results[shapeOf(index)];
        if (!(data instanceof Float32Array) || !(shape instanceof BigInt64Array)) {
          throw new EngineError(`The constant "${name}" is not of float32: it cannot be a weight.`);
        }
        return [name, { dims: Array.from(shape, Number), data }];
      }),
    );
  } finally {
    await session.release();
  }
}
