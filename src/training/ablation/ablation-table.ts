import { type AblationReport, textOf, titleOf } from './ablation-report.js';

const DECIMALS = 4;
const shown = (value: number | null): string => (value === null ? '-' : value.toFixed(DECIMALS));
const cell = (text: string): string => text.replaceAll('|', '\\|');

/** A table in Markdown: a row for each cell with mean, spread (sample standard deviation) and the value of every run. */
export function ablationTable({ metric, paths, cells }: AblationReport): string {
  const header = [...paths.map(titleOf), `${metric}, mean`, 'spread', 'runs'];
  const rows = cells.map(({ settings, mean, spread, values }) => [
    ...settings.map(textOf),
    shown(mean),
    shown(spread),
    values.map(shown).join(', '),
  ]);
  const lines = [header, header.map(() => '---'), ...rows];
  return `${lines.map((line) => `| ${line.map(cell).join(' | ')} |`).join('\n')}\n`;
}
