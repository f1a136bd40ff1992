export * from './safetensors-error.js';
export * from './safetensors-reader.js';
export * from './safetensors-writer.js';
