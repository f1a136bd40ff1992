import type { GraphResult } from '../../graph/graph.js';
import type { Value } from '../../graph/value.js';
import { isNode } from '../../graph/value.js';
import { sizeOf } from '../../tensor-value.js';
import { isIdentity } from './layout.js';
import { blocksForm, plainForm } from './state-form.js';
import type { StateForm } from './state-form.js';

/** From `start` on, before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Rows of a state entry that lie in one piece. */
export interface StatePart {
  readonly rows: Range;
  /** Where they lie in the memory of the entry. */
  readonly elements: Range;
  readonly form: StateForm;
}

/** What a slice takes, if it is whole rows one after the other; undefined otherwise. */
export function rowsOfSlice(value: Value): Range | undefined {
  if (!isNode(value, 'Slice')) return undefined;
  const [source] = value.inputs;
  const { begin, strides } = value.attributes;
  const whole = value.shape.every(
    (extent, axis) => (strides[axis] ?? 1) === 1 && (axis === 0 || extent === source?.shape[axis]),
  );
  const [start = 0] = begin;
  return whole && value.shape.length > 0 ? { start, end: start + (value.shape[0] ?? 0) } : undefined;
}

/** Rows of an entry of a shape and form, if they lie in one piece; undefined otherwise. */
export function partOf(form: StateForm, shape: readonly number[], rows: Range | undefined): StatePart | undefined {
  if (rows === undefined) return undefined;
  const ofRows = [rows.end - rows.start, ...shape.slice(1)];
  const width = sizeOf(shape.slice(1));
  const elements = { start: rows.start * width, end: rows.end * width };
  if (form.order === undefined && isIdentity(form.layout)) return { rows, elements, form: plainForm(ofRows) };
  const [, block = 1] = form.shape;
  if (form.order !== 'rows' || rows.start % block !== 0 || rows.end % block !== 0) return undefined;
  return { rows, elements, form: blocksForm(ofRows, 'rows', block) };
}

/** The parts that a result is joined of, with their rows in it; none where it is not, or they do not lie in one piece. */
export function partsOf({ role, value }: GraphResult, form: StateForm) {
  if (role !== 'update' || !isNode(value, 'Concat') || value.attributes.axis !== 0) return [];
  let end = 0;
  const parts = value.inputs.flatMap((source) => {
    const rows = { start: end, end: end + (source.shape[0] ?? 0) };
    end = rows.end;
    const part = partOf(form, value.shape, rows);
    return part === undefined ? [] : [{ source, ...part }];
  });
  return parts.length === value.inputs.length ? parts : [];
}
