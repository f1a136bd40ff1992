import { afterAll, describe, expect, it } from '@jest/globals';
import { createEngine } from '@query2label/engine';
import type { NamedTensors } from '@query2label/engine';
import * as tf from '@tensorflow/tfjs';
import { keyOf, keyValue } from '../random/index.js';
import { createForwardScope, createKeyedRandom, createParameterDeclarations, gradientsOf } from './index.js';
import type { KeyedRandom } from '../contracts/index.js';

const engine = await createEngine({ engine: 'reference' });
afterAll(() => engine.dispose());

/** Runs draws with a key and hands back the numbers. */
async function draw(
  draws: (random: KeyedRandom) => NamedTensors,
  key = keyOf(1, 'step', 0),
  training = true,
): Promise<Record<string, Float32Array>> {
  const executable = await engine.compile(
    ({ inputs }) => ({ outputs: draws(createKeyedRandom(inputs.key, training)) }),
    { constants: {}, state: {}, inputs: { key: { dtype: 'int32', shape: [2] } } },
  );
  const outputs = await executable.run({ key: keyValue(key) });
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, Float32Array.from(data)]));
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('createParameterDeclarations', () => {
  it('prefixes names and keeps the order of declaration', () => {
    const declarations = createParameterDeclarations('backbone.0.');
    const name = declarations.scope('body').scope('conv1').declare('weight', [4, 3, 7, 7], { kind: 'zeros' });
    declarations.declare('scale', [], { kind: 'ones' }, 'buffer');
    expect(name).toBe('backbone.0.body.conv1.weight');
    expect(declarations.specs.map((spec) => [spec.name, spec.role])).toEqual([
      ['backbone.0.body.conv1.weight', 'trainable'],
      ['backbone.0.scale', 'buffer'],
    ]);
  });

  it('keeps tables apart from parameters', () => {
    const declarations = createParameterDeclarations();
    declarations.table('positions', [2], Float32Array.of(1, 2));
    expect(declarations.specs).toEqual([]);
    expect(declarations.tables.positions?.data).toEqual(Float32Array.of(1, 2));
    expect(() => declarations.table('wrong', [3], Float32Array.of(1))).toThrow(
      /"wrong" has shape \[3\], 3 values, but 1/,
    );
  });

  it('refuses a name that is taken and a shape that is none', () => {
    const declarations = createParameterDeclarations();
    declarations.declare('weight', [2], { kind: 'zeros' });
    expect(() => declarations.declare('weight', [2], { kind: 'zeros' })).toThrow(/"weight" is declared twice/);
    expect(() => declarations.table('weight', [1], Float32Array.of(1))).toThrow(/"weight" is declared twice/);
    expect(() => declarations.declare('bias', [0], { kind: 'zeros' })).toThrow(/shape \[0\]/);
    expect(() => declarations.declare('bias', [1.5], { kind: 'zeros' })).toThrow(/shape \[1.5\]/);
  });
});

describe('createKeyedRandom', () => {
  it('draws the same numbers for the same key and layer, others for another', async () => {
    const draws = (random: KeyedRandom): NamedTensors => ({
      a: random.uniform('a', [50]),
      b: random.uniform('b', [50]),
    });
    const first = await draw(draws);
    expect(await draw(draws)).toEqual(first);
    expect(first.a).not.toEqual(first.b);
    expect((await draw(draws, keyOf(1, 'step', 1))).a).not.toEqual(first.a);
  });

  it('draws normals of mean 0 and variance 1, and bernoullis of the asked probability', async () => {
    const { normal, chosen } = await draw((random) => ({
      normal: random.normal('normal', [20000]),
      chosen: random.bernoulli('chosen', [20000], 0.3),
    }));
    expect(Math.abs(mean(normal))).toBeLessThan(0.03);
    expect(Math.abs(mean(normal.map((value) => value ** 2)) - 1)).toBeLessThan(0.04);
    expect(Math.abs(mean(chosen) - 0.3)).toBeLessThan(0.015);
    expect([...new Set(chosen)].sort()).toEqual([0, 1]);
  });

  it('drops out with the rate, scaling what is kept; not at all when not training', async () => {
    const dropout = (random: KeyedRandom): NamedTensors => ({ x: random.dropout('drop', tf.ones([20000]), 0.25) });
    const { x } = await draw(dropout);
    expect(Math.abs(mean(x) - 1)).toBeLessThan(0.02);
    expect(new Set(x)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    expect(new Set((await draw(dropout, keyOf(1), false)).x)).toEqual(new Set([1]));
  });

  it('refuses two draws of one layer, a missing key and a wrong rate', async () => {
    const twice = draw((random) => ({ a: random.uniform('a', [2]), b: random.uniform('a', [2]) }));
    await expect(twice).rejects.toThrow(/"a" draws the numbers that "a" drew/);
    expect(() => createKeyedRandom(undefined, true).uniform('noise', [1])).toThrow(/"noise".*no key/);
    expect(() => createKeyedRandom(undefined, true).dropout('drop', tf.scalar(1), 1)).toThrow(/"drop".*received 1/);
  });
});

describe('createForwardScope', () => {
  const parameters = { 'layer1.weight': tf.ones([2]) };

  it('names the closest tensor when one is missing', () => {
    const scope = createForwardScope({ parameters, training: false });
    expect(() => scope.parameter('layer1.weigth')).toThrow(/closest name is "layer1.weight"/);
  });

  it('hands on buffer updates in training only, checking their shape', () => {
    const updates: string[] = [];
    const onBufferUpdate = (name: string): void => void updates.push(name);
    createForwardScope({ parameters, training: false, onBufferUpdate }).updateBuffer('layer1.weight', tf.ones([2]));
    expect(updates).toEqual([]);
    const scope = createForwardScope({ parameters, training: true, onBufferUpdate });
    expect(() => scope.updateBuffer('layer1.weight', tf.ones([3]))).toThrow(/shape \[2\].*\[3\]/);
    scope.updateBuffer('layer1.weight', tf.ones([2]));
    expect(updates).toEqual(['layer1.weight']);
    expect(() => scope.updateBuffer('layer1.weight', tf.ones([2]))).toThrow(/updated twice/);
  });
});

describe('gradientsOf', () => {
  it('gives value, gradients and intermediate tensors, and leaves nothing behind', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const [x, unused] = [tf.tensor1d([1, 2]), tf.scalar(5)];
      const result = gradientsOf(
        () => {
          const squares = tf.square(x);
          return { value: tf.sum(squares).asScalar(), extras: { squares } };
        },
        { x, unused },
      );
      expect(result.value.dataSync()).toEqual(Float32Array.of(5));
      expect(result.gradients.x?.dataSync()).toEqual(Float32Array.of(2, 4));
      expect(result.gradients.unused).toBeUndefined();
      expect(result.extras.squares?.dataSync()).toEqual(Float32Array.of(1, 4));
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
