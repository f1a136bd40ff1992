export { openTorchFile, decodeTorchFile } from './torch-file.js';
export type { TorchFile } from './torch-file.js';
export { TorchFileError } from './torch-file-error.js';
export type { TorchFileFault } from './torch-file-error.js';
export { TorchDict, TorchTuple } from './pickle/values.js';
export type { TorchKey, TorchValue } from './pickle/values.js';
export { TorchTensor } from './tensor/torch-tensor.js';
export type { TorchDtype, TorchElements } from './tensor/element-type.js';
