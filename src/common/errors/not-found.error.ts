import { alternatives, closestName } from '../text/index.js';
import { ExpectedError } from './expected-error.js';

/** Something was asked for by an id or a name that does not exist. */
export class NotFoundError extends ExpectedError {
  override readonly name = 'NotFoundError';

  /**
   * @param kind what was asked for, in lower case: `dataset`
   * @param id the id or name received
   * @param validNames existing names, where there are few: the message then names the closest ones
   */
  constructor(
    readonly kind: string,
    readonly id: string,
    validNames?: readonly string[],
  ) {
    super('NOT_FOUND', `There is no ${kind} "${id}".`, {
      help: validNames && helpFor(id, validNames),
      details: { kind, id },
    });
  }
}

function helpFor(id: string, validNames: readonly string[]): string {
  const nearest = closestName(id, validNames);
  return `${nearest === undefined ? '' : `Did you mean "${nearest}"? `}Existing: ${alternatives(validNames)}.`;
}
