/** A fault in how an engine is used: what, where, received, expected, how to mend it. */
export class EngineError extends Error {
  override readonly name: string = 'EngineError';
}

/** A program cannot be computed in 8 bits as asked: the ranges are another program's, or the engine has float32 only. In float32 it can. */
export class QuantizationError extends EngineError {
  override readonly name = 'QuantizationError';
}

/** A program that cannot be compiled. The message names the op, the reason and what to write instead. */
export class UnsupportedProgramError extends EngineError {
  override readonly name = 'UnsupportedProgramError';

  constructor(
    readonly op: string,
    readonly reason: string,
    readonly advice: string,
  ) {
    super(`${op} cannot be compiled: ${reason}. ${advice}`);
  }
}
