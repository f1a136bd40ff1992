import { z } from 'zod';
import { RequestRefusedError } from './client-errors.js';

/** The GraphQL fragment that every mutation's result union is asked with. */
export const REFUSAL_FRAGMENT = `
  ... on UserError { code message help }
`;

/** The same for unions that hold `InvalidInput`, with each place that is not valid. */
export const REFUSAL_WITH_FIELDS_FRAGMENT = `
  ${REFUSAL_FRAGMENT}
  ... on InvalidInput { fields { path message } }
`;

/** An expected error, as the types of `UserError` answer. */
export const refusalSchema = z.object({
  code: z.string(),
  message: z.string(),
  help: z.string().nullish(),
  fields: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Refusal = z.infer<typeof refusalSchema>;

/** The schema of a result union: an expected error, or else the success. */
export function outcomeOf<Success>(success: z.ZodType<Success>): z.ZodType<Refusal | Success> {
  return z.union([refusalSchema, success]);
}

function isRefusal(outcome: object): outcome is Refusal {
  return 'code' in outcome && 'message' in outcome;
}

/** The success of an outcome. @throws {RequestRefusedError} if it is an expected error; its help names every invalid field */
export function settled<Success extends object>(outcome: Refusal | Success): Success {
  if (!isRefusal(outcome)) return outcome;
  const places = (outcome.fields ?? []).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  const help = [...places, ...(outcome.help ? [outcome.help] : [])].join('\n');
  throw new RequestRefusedError(outcome.code, outcome.message, help === '' ? undefined : help);
}
