import type { z } from 'zod';

/** A kind of work that a worker process does: what goes in, what comes out, and what it reports meanwhile. */
export interface JobKind<Input extends z.ZodType, Output extends z.ZodType, Progress extends z.ZodType = z.ZodNever> {
  readonly kind: string;
  readonly input: Input;
  readonly output: Output;
  readonly progress?: Progress;
}

export interface RunOptions<Progress> {
  /** Tries after which a lost worker is an error. @default 2: the first one and one retry */
  readonly attempts?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** Number of the process that is to do it; any if left out. */
  readonly slot?: number;
  /** Withdraws the job: the worker stops at the next step and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A job on its way through the pool; what it computes is not yet checked. */
export interface PooledJob {
  readonly kind: string;
  readonly input: unknown;
  attemptsLeft: number;
  /** Number of the process that is to do it; any if left out. */
  readonly slot?: number;
  readonly onProgress: (value: unknown) => void;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}
