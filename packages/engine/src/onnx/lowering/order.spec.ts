import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import type { OnnxModel, OnnxNode } from '../format/model.js';
import { writeModel } from '../format/write-model.js';
import { orderNodes } from './order.js';

const node = (operator: string, name: string, ...inputs: string[]): OnnxNode => ({
  ...{ operator, domain: '', name, inputs, outputs: [name], attributes: {} },
});

/** Three layers of `x`, a weight that is prepared for the third, and the way back, with a gradient for each layer and a sum of them. */
const NODES: readonly OnnxNode[] = [
  node('Exp', 'first', 'x'),
  node('Sin', 'second', 'first'),
  node('Sqrt', 'prepared', 'weight'),
  node('Mul', 'third', 'second', 'prepared'),
  node('Cos', 'back', 'third'),
  node('Mul', 'gradient of the third', 'back', 'second'),
  node('Tanh', 'further back', 'back'),
  node('Mul', 'gradient of the second', 'further back', 'first'),
  node('Tanh', 'furthest back', 'further back'),
  node('Mul', 'gradient of the first', 'furthest back', 'x'),
  node('Abs', 'size of the third', 'gradient of the third'),
  node('Abs', 'size of the second', 'gradient of the second'),
  node('Abs', 'size of the first', 'gradient of the first'),
  node('Add', 'size of two', 'size of the third', 'size of the second'),
  node('Add', 'size', 'size of two', 'size of the first'),
];
const OUTPUTS = ['gradient of the first', 'gradient of the second', 'gradient of the third', 'size'];

describe('orderNodes', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'order-'));
  });

  afterAll(() => rm(folder, { recursive: true }));

  /** The order in which ONNX Runtime computes. */
  async function computed(nodes: readonly OnnxNode[]): Promise<readonly string[]> {
    const port = (name: string) => ({ name, type: 'float32' as const, dims: [2] });
    const model: OnnxModel = { nodes, initializers: [], inputs: ['x', 'weight'].map(port), outputs: OUTPUTS.map(port) };
    const prefix = join(folder, 'profile');
    const session = await ort.InferenceSession.create(writeModel(model, 'order').bytes, {
      ...{ graphOptimizationLevel: 'disabled', enableProfiling: true, profileFilePrefix: prefix, logSeverityLevel: 4 },
    });
    const feed = () => new ort.Tensor('float32', Float32Array.of(1, 2), [2]);
    await session.run({ x: feed(), weight: feed() });
    session.endProfiling();
    await session.release();
    return namesIn(folder);
  }

  it('has ONNX Runtime prepare a weight just before it is used, and sum gradients as they come', async () => {
    expect(await computed(orderNodes(NODES))).toEqual([
      ...['first', 'second', 'prepared', 'third', 'back', 'further back'],
      ...['gradient of the second', 'size of the second', 'gradient of the third', 'size of the third', 'size of two'],
      ...['furthest back', 'gradient of the first', 'size of the first', 'size'],
    ]);
  });

  it('keeps every node behind what it reads, and what nobody reads in the order of the way back', () => {
    const leaves = NODES.slice(0, 10);
    const ordered = orderNodes(leaves).map(({ name }) => name);
    expect([...ordered].sort()).toEqual(leaves.map(({ name }) => name).sort());
    for (const { name, inputs } of leaves) {
      for (const input of inputs) expect(ordered.indexOf(input)).toBeLessThan(ordered.indexOf(name));
    }
    // walked through from the end
    expect(ordered.slice(-3)).toEqual(['gradient of the first', 'gradient of the second', 'gradient of the third']);
  });
});

async function namesIn(folder: string): Promise<readonly string[]> {
  const [file = ''] = await readdir(folder);
  const events: unknown = JSON.parse(await readFile(join(folder, file), 'utf8'));
  if (!Array.isArray(events)) throw new Error('The profile is no list.');
  return events.flatMap(({ name }: { readonly name: string }) => /^(.*)_kernel_time$/.exec(name)?.[1] ?? []);
}
