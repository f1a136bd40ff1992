import { describe, expect, it } from '@jest/globals';
import { lower } from '../onnx/lowering/lower.js';
import { wideLayers } from '../testing/wide-layers.js';
import type { WideLayers } from '../testing/wide-layers.js';
import { trace } from '../trace/trace.js';

/** How the model of a network gets its weights. */
function lowered({ program, signature }: WideLayers, threads = 2) {
  const { graph } = trace('test', program, signature);
  const options = { channelBlock: 16, threads, updatesOnHost: true };
  const { model, stateForms } = lower(graph, {}, options);
  const ofWeights = new Set(['state/first', 'state/second', 'state/joined[0:1024]', 'state/joined[1024:2048]']);
  const readers = model.nodes.filter(({ inputs }) => inputs.some((name) => ofWeights.has(name)));
  return {
    inputs: model.inputs.map(({ name }) => name),
    stateForms,
    operators: readers.map(({ operator }) => operator),
  };
}

describe('weights that stay in blocks', () => {
  it('are read by products as they lie there, in rows where they are read in rows', () => {
    const { inputs, operators, stateForms } = lowered(wideLayers({ rows: 144, also: 'nothing' }));
    expect(inputs).toEqual(
      expect.arrayContaining(['state/joined[0:1024]', 'state/joined[1024:2048]', 'state/joinedBias[1024:2048]']),
    );
    expect(inputs).not.toContain('state/joined');
    expect(new Set(operators)).toEqual(new Set(['Reshape']));
    const orderOf = (name: string) => stateForms.get(name)?.order;
    expect(['joined', 'first/average', 'second/moment'].map(orderOf)).toEqual(['rows', 'rows', 'columns']);
    expect(orderOf('secondBias')).toBeUndefined();
  });

  it.each([
    ['a rate of each weight comes from outside', { rows: 144, also: 'rate of each weight' }],
    ['something else reads them', { rows: 144, also: 'weights elsewhere' }],
    ['another update reads their gradient', { rows: 144, also: 'sums of gradients' }],
  ] as const)('are not kept so where %s', (_, options) => {
    const { stateForms } = lowered(wideLayers(options));
    expect([stateForms.has('first'), stateForms.has('second')]).toEqual([false, true]);
  });

  it('are not kept so where there are too many examples, or a product has too little for all threads', () => {
    expect(lowered(wideLayers({ rows: 768, also: 'nothing' })).stateForms.size).toBe(0);
    const { stateForms } = lowered(wideLayers({ rows: 144, also: 'nothing' }), 16);
    // Nothing needs a gradient of what the joined projections read.
    expect(['joined', 'first', 'second'].map((name) => stateForms.has(name))).toEqual([true, false, false]);
  });
});
