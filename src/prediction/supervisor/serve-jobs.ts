import type { z } from 'zod';
import type { JobKind } from './job.js';
import { whenParentIsGone } from '../../common/processes/parent.js';
import { packError } from './remote-error.js';
import { requestMessageSchema, type ReplyMessage } from './worker-messages.js';

export interface JobContext<Progress> {
  /** Aborted when nobody waits for the job any more. */
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
}

/** A kind of job and what does it, its types erased. */
export interface JobHandler {
  readonly kind: string;
  readonly run: (input: unknown, context: JobContext<unknown>) => Promise<unknown>;
}

/** Binds a kind of job to the function that does it; what arrives is checked against the kind's schema. */
export function handle<Input extends z.ZodType, Output extends z.ZodType, Progress extends z.ZodType>(
  kind: JobKind<Input, Output, Progress>,
  run: (input: z.output<Input>, context: JobContext<z.input<Progress>>) => Promise<z.input<Output>>,
): JobHandler {
  return { kind: kind.kind, run: (input, context) => run(kind.input.parse(input), context) };
}

/**
 * The worker's side of the pool: announces readiness, does jobs as they come (several at a time: a handler that must not
 * overlap with itself takes care of it), and resolves when the server has told the process to stop and all jobs are done.
 * When the server is gone the process exits at once.
 * @throws Error if this process was not forked
 */
export async function serveJobs(handlers: readonly JobHandler[]): Promise<void> {
  const send = process.send?.bind(process);
  if (send === undefined) {
    throw new Error('A prediction worker is started by the server (it needs a message channel), not by hand.');
  }
  const reply = (message: ReplyMessage): void => {
    if (process.connected) send(message);
  };
  const running = new Map<number, { readonly abort: AbortController; readonly done: Promise<void> }>();

  const begin = async (id: number, kind: string, input: unknown, signal: AbortSignal): Promise<void> => {
    try {
      const handler = handlers.find((candidate) => candidate.kind === kind);
      if (handler === undefined) throw new Error(`no handler for jobs of kind "${kind}"`);
      const value = await handler.run(input, {
        signal,
        report: (progress) => {
          reply({ type: 'progress', id, value: progress });
        },
      });
      reply({ type: 'result', id, value });
    } catch (error) {
      reply({ type: 'failure', id, error: packError(error) });
    } finally {
      running.delete(id);
    }
  };

  whenParentIsGone(() => process.exit(0));
  await new Promise<void>((resolve) => {
    process.on('message', (received) => {
      const message = requestMessageSchema.parse(received);
      if (message.type === 'stop') {
        resolve();
      } else if (message.type === 'cancel') {
        running.get(message.id)?.abort.abort();
      } else {
        const abort = new AbortController();
        running.set(message.id, { abort, done: begin(message.id, message.kind, message.input, abort.signal) });
      }
    });
    reply({ type: 'ready' });
  });
  await Promise.all([...running.values()].map(({ done }) => done));
}
