import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import busboy, { type Busboy } from 'busboy';
import { InvalidInputError } from '../../common/errors/index.js';

/** Hands on the picture of a request as it arrives. */
export type TakePicture<T> = (content: AsyncIterable<Uint8Array>, name: string) => Promise<T>;

/**
 * Finds the picture in the body of a request: the body itself (`Content-Type: image/...` or `application/octet-stream`),
 * or the first file of a form (`multipart/form-data`). Nothing is held in memory beyond what is in flight.
 * @throws InvalidInputError for another content type, or a form without a file
 */
export function takePicture<T>(request: IncomingMessage, take: TakePicture<T>): Promise<T> {
  const type = (request.headers['content-type'] ?? '').toLowerCase();
  // The iterator must not destroy the request when reading stops early: the answer goes out by the same socket.
  if (type.startsWith('image/') || type.startsWith('application/octet-stream')) {
    return take(request.iterator({ destroyOnReturn: false }), 'upload');
  }
  if (type.startsWith('multipart/form-data')) return takeFromForm(request, take);
  throw InvalidInputError.field(
    'content-type',
    `received ${type === '' ? 'none' : type}; expected image/jpeg, image/png, image/webp or multipart/form-data`,
    'Send the bytes of one picture as the body, or as the file of a form.',
  );
}

async function takeFromForm<T>(request: IncomingMessage, take: TakePicture<T>): Promise<T> {
  const form = openForm(request);
  let taken: Promise<T> | undefined;
  form.on('file', (_field, file, { filename }) => {
    taken = take(file, filename === undefined || filename === '' ? 'upload' : filename);
    // Whatever the picture is worth, the form is read to its end or the request is given up.
    taken.catch((error: unknown) => form.destroy(error instanceof Error ? error : new Error(String(error))));
  });
  await pipeline(request.iterator({ destroyOnReturn: false }), form).catch(async (error: unknown) => {
    if (taken !== undefined) await taken;
    throw notAForm(error);
  });
  if (taken === undefined) throw InvalidInputError.field('body', 'the form has no file; expected one picture');
  return taken;
}

function openForm({ headers }: IncomingMessage): Busboy {
  try {
    return busboy({ headers, limits: { files: 1, fields: 20, fieldSize: 4096 } });
  } catch (error) {
    throw notAForm(error);
  }
}

function notAForm(error: unknown): InvalidInputError {
  const finding = error instanceof Error ? error.message : String(error);
  return InvalidInputError.field('body', `not a valid form: ${finding}`);
}
