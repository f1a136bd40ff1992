import * as tf from '@tensorflow/tfjs';
import type { CompileOptions, Engine, EngineDescription, Executable, Program, ProgramSignature } from '../engine.js';
import { EagerExecutable } from './eager-executable.js';

/** TensorFlow.js on its JavaScript CPU backend: slow, needs nothing native, the yardstick of the tests. */
export class ReferenceEngine implements Engine {
  readonly description: EngineDescription = {
    name: 'reference',
    version: tf.version.tfjs,
    device: 'cpu',
    threads: 1,
  };
  private readonly executables = new Set<Executable>();

  compile(program: Program, signature: ProgramSignature, options: CompileOptions = {}): Promise<Executable> {
    return Promise.resolve().then(() => {
      const executable = new EagerExecutable(options.label ?? 'program', 'cpu', program, signature);
      this.executables.add(executable);
      return executable;
    });
  }

  async dispose(): Promise<void> {
    for (const executable of this.executables) await executable.dispose();
    this.executables.clear();
  }
}
