import { z } from 'zod';
import {
  ConflictError,
  ExpectedError,
  InvalidInputError,
  NotFoundError,
  UnreadableImageError,
} from '../../common/errors/index.js';
import { DamagedCheckpointError } from '../../checkpoint/container/container-error.js';
import type { RemoteError } from './worker-messages.js';

/** Prepares an error for the way to another process. */
export function packError(error: unknown): RemoteError {
  if (error instanceof ExpectedError) {
    const { code, message, help, details } = error;
    return { expected: true, code, message, help, details };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { expected: false, code: 'INTERNAL', message, stack };
}

const notFoundDetails = z.object({ kind: z.string(), id: z.string() });
const invalidInputDetails = z.object({ fields: z.array(z.object({ path: z.string(), message: z.string() })) });

const damagedDetails = z.object({ checkpoint: z.string(), file: z.string(), fault: z.string() });

/** The error again, of the class that its code stands for. */
export function unpackError(packed: RemoteError): Error {
  const { code, message, help, details } = packed;
  if (!packed.expected) {
    const error = new Error(`prediction process: ${message}`);
    if (packed.stack !== undefined) error.stack = packed.stack;
    return error;
  }
  const notFound = notFoundDetails.safeParse(details);
  if (code === 'NOT_FOUND' && notFound.success) return new NotFoundError(notFound.data.kind, notFound.data.id);
  const invalid = invalidInputDetails.safeParse(details);
  if (code === 'INVALID_INPUT' && invalid.success) return new InvalidInputError(message, invalid.data.fields, help);
  const damaged = damagedDetails.safeParse(details);
  if (code === 'DAMAGED_CHECKPOINT' && damaged.success) {
    return new DamagedCheckpointError(damaged.data.checkpoint, damaged.data.file, damaged.data.fault);
  }
  if (code === 'CONFLICT') return new ConflictError(message, { help, details });
  if (code === 'UNREADABLE_IMAGE') return new UnreadableImageError(message, { help, details });
  return new ExpectedError(code, message, { help, details });
}
