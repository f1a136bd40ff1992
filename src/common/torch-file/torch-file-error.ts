/**
 * What is wrong with a checkpoint file. `damaged`: it contradicts itself or ends early. `refused`: it asks for something
 * other than tensors and plain containers, which would have to be executed. `unsupported`: a form of tensor or file that
 * is not read. `too-large`: it exceeds a limit that no checkpoint needs.
 */
export type TorchFileFault = 'damaged' | 'refused' | 'unsupported' | 'too-large';

/** A PyTorch checkpoint that is not read. The message names the file, the place and the fault. */
export class TorchFileError extends Error {
  override readonly name = 'TorchFileError';

  constructor(
    readonly fault: TorchFileFault,
    readonly file: string,
    readonly reason: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super(`${file}: ${reason}`, options);
  }
}

/** Makes errors that name the file; handed to whatever reads a part of it. */
export type Failure = (fault: TorchFileFault, reason: string, cause?: unknown) => TorchFileError;

export function failureIn(file: string): Failure {
  return (fault, reason, cause) => new TorchFileError(fault, file, reason, { cause });
}
