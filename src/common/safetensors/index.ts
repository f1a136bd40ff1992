export { openSafetensors, type OpenSafetensors } from './open-safetensors.js';
export * from './safetensors-error.js';
export { decodeSafetensors, readSafetensors } from './safetensors-reader.js';
export type { LargeIntegers, SafetensorsContent } from './safetensors-reader.js';
export * from './safetensors-writer.js';
