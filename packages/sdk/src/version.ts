/** Version of this SDK: a plugin names the range of versions that it works with. */
export const SDK_VERSION = '0.1.0';
