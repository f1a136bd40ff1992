/** Name of the input that says how much the attention of each layer and head counts. */
export const ATTENTION_SHARES = 'attentionShares';

/** Name of the state entry that holds the moving average of a parameter or buffer. */
export const averageName = (parameter: string): string => `average/${parameter}`;

/** Name of the state entry that holds one of the optimizer's moments of a parameter. */
export const momentName = (moment: string, parameter: string): string => `optimizer/${moment}/${parameter}`;

/** Name of the input that holds one of the optimizer's scalars. */
export const scalarName = (scalar: string): string => `scalar/${scalar}`;
