import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type InvalidField, InvalidInputError } from '../common/errors/index.js';

/** Checks inputs against the rules of their classes (class-validator); a broken one becomes an `InvalidInputError`. */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    exceptionFactory: (errors) => {
      const fields = errors.flatMap((error) => fieldsOf(error, ''));
      const list = fields.map(({ path, message }) => `${path}: ${message}`).join('; ');
      return new InvalidInputError(`The input is not valid: ${list}`, fields);
    },
  });
}

function fieldsOf(error: ValidationError, prefix: string): readonly InvalidField[] {
  const path = prefix === '' ? error.property : `${prefix}.${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((message) => ({
    path,
    message: `received ${JSON.stringify(error.value)}; ${message}`,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldsOf(child, path))];
}
