import { type AblationReport, textOf, titleOf } from './ablation-report.js';

const ROW = 26;
const LABELS = 300;
const CHART = 420;
const MARGIN = { top: 48, right: 24, bottom: 40 } as const;
const TICKS = 5;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character]);

/**
 * A plot as SVG: a row for each cell, a small dot for each run, a large one for their mean and a bar of one sample standard deviation to
 * each side. The axis reaches over all values and does not begin at zero.
 */
export function ablationPlot({ name, metric, paths, cells }: AblationReport): string {
  const reached = cells.flatMap(({ values, mean, spread }) => [
    ...values.filter((value) => value !== null),
    ...(mean === null || spread === null ? [] : [mean - spread, mean + spread]),
  ]);
  const [low, high] = rangeOf(reached);
  const x = (value: number): number => round(LABELS + ((value - low) / (high - low)) * CHART);
  const bottom = MARGIN.top + cells.length * ROW;
  const ticks = Array.from({ length: TICKS }, (_, index) => low + ((high - low) * index) / (TICKS - 1));
  const elements = [
    `<text x="8" y="20" font-weight="bold">${escaped(name)}</text>`,
    `<text x="8" y="38" fill="#555">${escaped(paths.map(titleOf).join(', '))}</text>`,
    ...ticks.flatMap((tick) => [
      `<line x1="${x(tick)}" y1="${MARGIN.top}" x2="${x(tick)}" y2="${bottom}" stroke="#ddd"/>`,
      `<text x="${x(tick)}" y="${bottom + 16}" text-anchor="middle" fill="#555">${tick.toFixed(3)}</text>`,
    ]),
    `<text x="${LABELS + CHART / 2}" y="${bottom + 34}" text-anchor="middle">${escaped(metric)}</text>`,
    ...cells.flatMap(({ settings, values, mean, spread }, row) => {
      const y = MARGIN.top + row * ROW + ROW / 2;
      const dots = values.flatMap((value) =>
        value === null ? [] : [`<circle cx="${x(value)}" cy="${y}" r="3" fill="#9bb8d9"/>`],
      );
      const bar =
        mean === null || spread === null
          ? []
          : [
              `<line x1="${x(mean - spread)}" y1="${y}" x2="${x(mean + spread)}" y2="${y}" stroke="#1f5fa8" stroke-width="2"/>`,
            ];
      const middle = mean === null ? [] : [`<circle cx="${x(mean)}" cy="${y}" r="5" fill="#1f5fa8"/>`];
      const label = escaped(settings.map(textOf).join(', '));
      return [`<text x="${LABELS - 12}" y="${y + 4}" text-anchor="end">${label}</text>`, ...bar, ...dots, ...middle];
    }),
  ];
  const [width, height] = [LABELS + CHART + MARGIN.right, bottom + MARGIN.bottom];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="white"/>\n${elements.join('\n')}\n</svg>\n`
  );
}

/** From the least to the greatest value with a little room; 0 to 1 where there is none. */
function rangeOf(values: readonly number[]): readonly [number, number] {
  if (values.length === 0) return [0, 1];
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  const room = greatest > least ? (greatest - least) * 0.08 : 0.01;
  return [least - room, greatest + room];
}

const round = (value: number): number => Math.round(value * 100) / 100;
