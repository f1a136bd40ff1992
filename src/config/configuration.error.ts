/** The configuration is not valid; each problem names the key, what was received, what is expected and the mend. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly problems: readonly string[]) {
    super(['The configuration is not valid:', ...problems.map((problem) => `- ${problem}`)].join('\n'));
  }
}
