import { isRecord } from '../../common/guards.js';
import type { CellSummary } from './summarize-cell.js';

/** A cell of an ablation with what its runs have reached. */
export interface ReportedCell extends CellSummary {
  readonly settings: readonly unknown[];
  readonly values: readonly (number | null)[];
}

/** What tables and plots of an ablation are made of. */
export interface AblationReport {
  readonly name: string;
  /** Name of the deciding metric. */
  readonly metric: string;
  readonly paths: readonly string[];
  readonly cells: readonly ReportedCell[];
}

/** The last key of a path: what a column is called. */
export function titleOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** A value of an axis as people read it: components by name. */
export function textOf(value: unknown): string {
  if (isRecord(value) && typeof value.name === 'string') return value.name;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
