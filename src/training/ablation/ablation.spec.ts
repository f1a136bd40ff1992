import { describe, expect, it } from '@jest/globals';
import { ablationPlot } from './ablation-plot.js';
import type { AblationReport } from './ablation-report.js';
import { ablationTable } from './ablation-table.js';
import { planCells } from './plan-cells.js';
import { summarizeCell } from './summarize-cell.js';

const base = { pipeline: { decoder: { name: 'query2label', options: { heads: 4 } }, freeze: ['a.'] }, recipe: {} };
const layers = { path: 'pipeline.decoder.options.decoderLayers', values: [1, 2, 3] };

describe('planCells', () => {
  it('makes every combination, the last axis fastest, and changes nothing else', () => {
    const cells = planCells(base, [
      layers,
      { path: 'pipeline.loss', values: [{ name: 'asymmetric' }, { name: 'focal' }] },
    ]);
    expect(cells.map(({ settings }) => settings)).toEqual(
      [1, 2, 3].flatMap((count) => [[count, { name: 'asymmetric' }], [count, { name: 'focal' }]]), // prettier-ignore
    );
    expect(cells[3]).toMatchObject({
      pipeline: {
        decoder: { name: 'query2label', options: { heads: 4, decoderLayers: 2 } },
        loss: { name: 'focal' },
        freeze: ['a.'],
      },
      recipe: {},
    });
    expect(base.pipeline.decoder.options).toEqual({ heads: 4 });
  });

  it('varies the recipe, too', () => {
    const [first] = planCells(base, [{ path: 'recipe.optimizer.options.weightDecay', values: [0.1] }]);
    expect(first.recipe).toEqual({ optimizer: { options: { weightDecay: 0.1 } } });
  });

  it.each([
    [[], /received none/],
    [[{ path: 'decoder.heads', values: [1] }], /pipeline or recipe first/],
    [[{ path: 'pipeline.__proto__.x', values: [1] }], /pipeline or recipe first/],
    [[{ path: 'recipe.seed', values: [1, 2] }], /seeds/],
    [[{ path: 'recipe.epochs', values: [] }], /received no values/],
    [[{ path: 'recipe.epochs', values: [1, 1] }], /given twice/],
    [[{ path: 'pipeline.freeze.first', values: ['b.'] }], /"freeze" is a list/],
    [[{ path: 'recipe.epochs', values: Array.from({ length: 201 }, (_, epochs) => epochs) }], /201 combinations/],
  ])('refuses %j', (axes, expected) => {
    expect(() => planCells(base, axes)).toThrow(expected);
  });
});

describe('what an ablation shows', () => {
  it('has mean and sample standard deviation over the runs that have a value', () => {
    expect(summarizeCell([0.5, null, 0.7])).toEqual({ mean: 0.6, spread: expect.closeTo(Math.SQRT2 / 10, 12) });
    expect(summarizeCell([0.5])).toEqual({ mean: 0.5, spread: null });
    expect(summarizeCell([null])).toEqual({ mean: null, spread: null });
  });

  const report: AblationReport = {
    name: 'layers & losses',
    metric: 'voc-all-point',
    paths: [layers.path, 'pipeline.loss'],
    cells: [
      { settings: [1, { name: 'focal' }], values: [0.5, 0.7], ...summarizeCell([0.5, 0.7]) },
      { settings: [2, { name: 'a|b<' }], values: [null, null], ...summarizeCell([null, null]) },
    ],
  };

  it('is a table with a row for each cell', () => {
    expect(ablationTable(report)).toBe(
      '| decoderLayers | loss | voc-all-point, mean | spread | runs |\n' +
        '| --- | --- | --- | --- | --- |\n' +
        '| 1 | focal | 0.6000 | 0.1414 | 0.5000, 0.7000 |\n' +
        '| 2 | a\\|b< | - | - | -, - |\n',
    );
  });

  it('is a plot with a dot for each run and each mean, texts escaped', () => {
    const plot = ablationPlot(report);
    expect(plot.match(/<circle/g)).toHaveLength(3);
    expect(plot).toContain('layers &amp; losses');
    expect(plot).toContain('2, a|b&lt;');
    const at = (pattern: RegExp) => Number(pattern.exec(plot)?.[1]);
    expect(at(/<circle cx="([\d.]+)"[^>]*r="5"/)).toBeCloseTo((300 + 720) / 2, 0);
    expect(plot).not.toContain('NaN');
    expect(ablationPlot({ ...report, cells: [report.cells[1]] })).not.toContain('NaN');
  });
});
