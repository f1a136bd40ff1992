import * as tf from '@tensorflow/tfjs';
import { UnsupportedProgramError } from '../errors.js';

/** Runs a program and refuses the variables it makes: optimizers of `tf.train` keep their moments in such. */
export function withoutNewVariables<T>(program: () => T): T {
  const variables = tf.engine().state.registeredVariables;
  const before = new Set(Object.keys(variables));
  const added = () => Object.keys(variables).filter((name) => !before.has(name));
  try {
    const result = program();
    const names = added();
    if (names.length > 0) throw refusal(names);
    return result;
  } catch (error) {
    const names = added();
    if (names.length > 0 && !(error instanceof UnsupportedProgramError)) throw refusal(names);
    throw wantsVariables(error) ? refusal([]) : error;
  } finally {
    for (const name of added()) variables[name]?.dispose();
  }
}

/** What the optimizers that keep no moments say where there are no variables. */
function wantsVariables(error: unknown): boolean {
  return error instanceof Error && /^variableGrads\(\)|connection between any variable/.test(error.message);
}

function refusal(names: readonly string[]): UnsupportedProgramError {
  return new UnsupportedProgramError(
    'tf.variable',
    `a program keeps nothing from run to run, and this one ${described(names)}`,
    'Declare what must be kept as state: take it from the arguments and return its new value. ' +
      'Write the update of an optimizer with ops; those of tf.train keep hidden variables, and every run would be their first step.',
  );
}

function described(names: readonly string[]): string {
  if (names.length === 0) return 'asks for gradients of variables';
  return `makes ${names.length === 1 ? 'the variable' : 'variables:'} ${names.slice(0, 3).join(', ')}`;
}
