/** A plugin or component that is declared wrongly: what, where, received, expected, how to mend it. Stops the start. */
export class PluginDefinitionError extends Error {
  override readonly name = 'PluginDefinitionError';
}
