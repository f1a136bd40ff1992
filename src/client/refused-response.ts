import { z } from 'zod';
import { RequestRefusedError } from './client-errors.js';

const refusalSchema = z.object({ code: z.string().optional(), message: z.string(), help: z.string().nullish() });

/**
 * The error of a REST route that did not do what was asked.
 * @param subject what was asked for: begins the message
 */
export async function refusalOf(response: Response, subject: string): Promise<RequestRefusedError> {
  const body: unknown = await response.json().catch(() => undefined);
  const {
    code = 'REFUSED',
    message,
    help,
  } = refusalSchema.safeParse(body).data ?? { message: `HTTP ${response.status}` };
  return new RequestRefusedError(code, `${subject}: ${message}`, help ?? undefined);
}
