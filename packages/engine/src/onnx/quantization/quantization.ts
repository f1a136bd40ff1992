/** How the smallest and largest value of an activation are found. */
export const RANGE_RULES = ['extremes', 'mean-extremes'] as const;
/**
 * `extremes`: the smallest and largest value of all samples. `mean-extremes`: the mean over samples of each one's smallest and largest value,
 * which rare outliers move less; what lies beyond is clipped.
 */
export type RangeRule = (typeof RANGE_RULES)[number];

/** Smallest and largest value. */
export type Range = readonly [minimum: number, maximum: number];

/** What a program needs in order to compute in 8 bits: found by `Engine.calibrate`, used by `Engine.compile`; plain data that can be stored. */
export interface Quantization {
  /** Fingerprint of the model that was calibrated: its nodes and their order. Another model has other activations. */
  readonly model: string;
  readonly rule: RangeRule;
  /** Range of each activation that becomes 8-bit, by its name in the model. */
  readonly ranges: Readonly<Record<string, Range>>;
}
