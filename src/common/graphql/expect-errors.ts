import {
  ConflictError,
  ExpectedError,
  InvalidInputError,
  NotFoundError,
  UnreadableImageError,
} from '../errors/index.js';
import { Conflict, InvalidInput, NotFound, UnreadableImage, type UserError } from './user-error.js';

type ErrorClass<Source extends ExpectedError> = abstract new (...args: never[]) => Source;

interface Translation {
  readonly translate: (error: ExpectedError) => UserError | undefined;
}

const translations: Translation[] = [];

/** Says which GraphQL type shows an expected error; for errors of one feature. The common ones are known already. */
export function registerUserError<Source extends ExpectedError>(
  errorClass: ErrorClass<Source>,
  create: (error: Source) => UserError,
): void {
  translations.unshift({ translate: (error) => (error instanceof errorClass ? create(error) : undefined) });
}

registerUserError(ConflictError, (error) => new Conflict(error));
registerUserError(InvalidInputError, (error) => new InvalidInput(error));
registerUserError(NotFoundError, (error) => new NotFound(error));
registerUserError(UnreadableImageError, (error) => new UnreadableImage(error));

/** The GraphQL object of an expected error, or `undefined` if no type was registered for its class. */
export function toUserError(error: ExpectedError): UserError | undefined {
  for (const { translate } of translations) {
    const userError = translate(error);
    if (userError !== undefined) return userError;
  }
  return undefined;
}

/**
 * Runs the work of a mutation; an expected error becomes the member of the result union that shows it.
 * Anything else passes through, to be logged and masked.
 */
export async function expectErrors<T>(work: () => Promise<T> | T): Promise<T | UserError> {
  try {
    return await work();
  } catch (error) {
    const userError = error instanceof ExpectedError ? toUserError(error) : undefined;
    if (userError === undefined) throw error;
    return userError;
  }
}
