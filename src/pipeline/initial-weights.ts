export interface WeightsReport {
  readonly file: string;
  /** What was put before the names in the file to find ours: `backbone.0.body.`. */
  readonly prefix: string;
  /** Full names of the parameters that were read from the file. */
  readonly matched: readonly string[];
  /** Parameters of the backbone that the file lacks. */
  readonly missing: readonly string[];
  /** Names in the file that the backbone has no place for (a classifier's last layer, for instance). */
  readonly unexpected: readonly string[];
}
