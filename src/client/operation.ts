import type { z } from 'zod';

/** A GraphQL document with the shape of its `data`; answers are checked against it, never assumed. */
export interface Operation<Result> {
  readonly name: string;
  readonly document: string;
  readonly result: z.ZodType<Result>;
}

/** Values for the variables that a document declares; the server checks them. */
export type Variables = Readonly<Record<string, unknown>>;

const OPERATION_NAME = /^\s*(?:query|mutation|subscription)\s+(\w+)/m;

/**
 * Declares an operation. `src/client/operations.spec.ts` checks every one against `schema.gql`.
 * @throws if the document does not begin with a named operation
 */
export function defineOperation<Result>(document: string, result: z.ZodType<Result>): Operation<Result> {
  const name = OPERATION_NAME.exec(document)?.[1];
  if (!name) throw new Error(`A GraphQL document must name its operation, received: ${document.slice(0, 60)}`);
  return { name, document, result };
}
