/** Operations that an update on the host may consist of: each is one instruction on float32. */
export const UPDATE_OPERATIONS = [
  'Add',
  'Maximum',
  'Minimum',
  'Multiply',
  'Neg',
  'RealDiv',
  'Sqrt',
  'Square',
  'Sub',
] as const;
export type UpdateOperation = (typeof UPDATE_OPERATIONS)[number];

/** Where an operand comes from: a state entry, an input of the program, or a result of the compiled graph. */
export interface UpdateSource {
  readonly from: 'state' | 'input' | 'graph';
  readonly name: string;
}

/** One operation; operands are positions among `reads`, then `scalars`, then `constants`, then earlier steps. */
export interface UpdateStep {
  readonly operation: UpdateOperation;
  readonly operands: readonly number[];
}

/**
 * New values of state entries of one shape, element by element: what an optimizer and a moving average do to one parameter. It is
 * computed on the host, in place, after the compiled graph has run. Plain data, so that it can be kept with a compiled model.
 */
export interface HostUpdate {
  /** Elements of each array. */
  readonly size: number;
  /** Arrays of that many elements. */
  readonly reads: readonly UpdateSource[];
  /** Single numbers. */
  readonly scalars: readonly UpdateSource[];
  readonly constants: readonly number[];
  readonly steps: readonly UpdateStep[];
  /** State entries and the position of their new value, counted as operands are. */
  readonly writes: readonly { readonly name: string; readonly value: number }[];
}
