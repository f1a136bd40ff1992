import {
  type AxisLength,
  type Engine,
  type Executable,
  type Quantization,
  QuantizationError,
  UnsupportedProgramError,
} from '@query2label/engine';
import type { CompilableProgram } from '../assembled-pipeline.js';
import { FilledExecutable } from './filled-executable.js';

export interface BatchCompilation {
  /** Names the program in errors and profiles. */
  readonly label: string;
  /** Images of the largest batch that will be run. */
  readonly largest: number;
  /** Computes in 8 bits; left out, in float32. */
  readonly quantization?: Quantization;
  /** Told why, if smaller batches have to be filled up. */
  readonly onFilled: (reason: string) => void;
}

/**
 * Compiles a program once for batches of any size. A model that cannot be compiled so (its code makes numbers of the batch
 * size) is compiled for the largest batch, to which smaller ones are filled up: slower, and just as right.
 * @throws QuantizationError if it cannot be computed in 8 bits as asked
 * @param programAt the program for a batch size; each input and output that follows the batch does so on its first axis
 */
export async function compileForBatches(
  engine: Engine,
  programAt: (batch: AxisLength) => CompilableProgram,
  { label, largest, onFilled, quantization }: BatchCompilation,
): Promise<Executable> {
  const { program, signature } = programAt('batch');
  try {
    return await engine.compile(program, signature, { label, quantization });
  } catch (error) {
    if (!(error instanceof UnsupportedProgramError)) throw error;
    if (quantization !== undefined) {
      throw new QuantizationError(
        `${label} cannot be compiled for batches of any size, which 8 bits need. ${error.message}`,
      );
    }
    const fixed = programAt(largest);
    // What cannot be compiled at all fails here again, with its own message.
    const compiled = await engine.compile(fixed.program, fixed.signature, { label: `${label}, batch ${largest}` });
    onFilled(error.message);
    return new FilledExecutable(compiled, largest, signature.inputs);
  }
}
