/** What is wrong with one option. */
export interface OptionFault {
  /** Path of the option with dots: `depth`, `mean.0`; empty for the options as a whole. */
  readonly path: string;
  /** What was received and what is expected. */
  readonly message: string;
}

/** Options that do not fit a component's schema, or do not fit together. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';

  /** @param where the component: `backbone "resnet"` */
  constructor(
    readonly where: string,
    readonly faults: readonly OptionFault[],
  ) {
    const list = faults.map((fault) => (fault.path === '' ? fault.message : `${fault.path}: ${fault.message}`));
    super(`The options of ${where} are not valid: ${list.join('; ')}.`);
  }
}
