import { describe, expect, it } from '@jest/globals';
import { lineChart } from './line-chart.js';

const rows = (text: string): readonly string[] => text.split('\n');
/** Colours as they are sent to a terminal. */
const COLOUR = String.fromCharCode(27);

describe('lineChart', () => {
  it('draws a line from its first to its last value, the axis with its numbers at the left', () => {
    const [name, ...lines] = rows(lineChart([{ name: 'loss', values: [8, 4, 2, 1, 0] }], false));
    expect(name).toBe('loss');
    expect(lines[0]).toMatch(/^ +8\.00 ┼/);
    expect(lines.at(-1)).toMatch(/^ +0\.00 ┤.*─$/);
    expect(lines).toHaveLength(9);
    // Half of what is to fall has fallen after the first quarter of the way.
    expect(lines[4].search(/[╰╮│]/) - lines[4].indexOf('┤')).toBeLessThan(20);
  });

  it('leaves out what was not measured, and lines with less than two values', () => {
    const dense = lineChart([{ name: 'mAP', values: [0, 0.25, 0.5, 0.75, 1] }], false);
    expect(lineChart([{ name: 'mAP', values: [null, 0, null, 0.5, Number.NaN, 1] }], false)).toBe(dense);
    expect(lineChart([{ name: 'mAP', values: [null, 0.3, null] }], false)).toBe('');
    expect(lineChart([{ name: 'mAP', values: [] }], true)).toBe('');
  });

  it('draws lines together in colours, or one below the other without', () => {
    const lines = [
      { name: 'raw', values: [0, 1] },
      { name: 'averaged', values: [0, 0.5] },
    ];
    const coloured = lineChart(lines, true);
    expect(coloured).toContain(`${COLOUR}[34mraw${COLOUR}[0m   ${COLOUR}[32maveraged${COLOUR}[0m\n`);
    expect(rows(coloured)).toHaveLength(10);
    const plain = lineChart(lines, false);
    expect(plain).not.toContain(COLOUR);
    expect(rows(plain).filter((row) => /^(raw|averaged)$/.test(row))).toEqual(['raw', 'averaged']);
  });

  it('draws values that do not change', () => {
    expect(lineChart([{ name: 'mAP', values: [0.5, 0.5, 0.5] }], false)).toMatch(/^ +0\.500 ┼─+$/m);
  });
});
