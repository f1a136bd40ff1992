import type { OptionsError } from '@query2label/sdk';
import { InvalidInputError } from '../common/errors/index.js';

/** A component's complaint about its options, as a fault of the input. @param path where the reference lies in the input */
export function invalidOptions(error: OptionsError, path: string): InvalidInputError {
  const fields = error.faults.map((fault) => ({
    path: [path, 'options', ...(fault.path === '' ? [] : [fault.path])].join('.'),
    message: fault.message,
  }));
  return new InvalidInputError(error.message, fields);
}
