import type { z } from 'zod';

/** A GraphQL document with the shape of its `data`; answers are checked against it, never assumed. */
export interface Operation<Result, Variables extends Record<string, unknown>> {
  readonly name: string;
  readonly document: string;
  readonly result: z.ZodType<Result>;
  /** Only for the compiler: the variables that the document declares. */
  readonly variables?: Variables;
}

const OPERATION_NAME = /^\s*(?:query|mutation|subscription)\s+(\w+)/m;

/**
 * Declares an operation. `src/client/operations.spec.ts` checks every one against `schema.gql`.
 * @throws if the document does not begin with a named operation
 */
export function defineOperation<Variables extends Record<string, unknown>, Result>(
  document: string,
  result: z.ZodType<Result>,
): Operation<Result, Variables> {
  const name = OPERATION_NAME.exec(document)?.[1];
  if (!name) throw new Error(`A GraphQL document must name its operation, received: ${document.slice(0, 60)}`);
  return { name, document, result };
}
