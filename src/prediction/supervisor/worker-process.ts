import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { allocatorSettings } from '../../common/processes/allocator-settings.js';
import { PredictionTimedOutError, PredictionWorkerLostError } from '../prediction-errors.js';
import type { PooledJob } from './job.js';
import { unpackError } from './remote-error.js';
import { replyMessageSchema, type ReplyMessage, type RequestMessage } from './worker-messages.js';

export interface WorkerCommand {
  /** File of the worker's program. */
  readonly entry: string;
  readonly arguments: readonly string[];
  /** Added to the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface WorkerEvents {
  readonly onReady: () => void;
  /** A job was answered: the process is healthy. */
  readonly onAnswer: () => void;
  readonly onErrorLine: (line: string) => void;
  /** The process is gone. @param wasReady whether it had taken jobs @param unfinished jobs that were sent to it and not answered, oldest first */
  readonly onEnd: (cause: string, wasReady: boolean, unfinished: readonly PooledJob[]) => void;
}

interface Sent {
  readonly job: PooledJob;
  timer: NodeJS.Timeout;
}

/** One forked process and the jobs that it has been given. */
export class WorkerProcess {
  private readonly child: ChildProcess;
  private readonly sent = new Map<number, Sent>();
  private readonly exited: Promise<void>;
  private nextId = 1;
  private state: 'starting' | 'ready' | 'ended' = 'starting';
  private startTimer: NodeJS.Timeout | undefined;

  constructor(
    command: WorkerCommand,
    /** A job that is silent for so long, and a process that is not ready after so long, is stopped. */
    private readonly silenceMilliseconds: number,
    private readonly events: WorkerEvents,
  ) {
    this.child = fork(command.entry, command.arguments, {
      serialization: 'advanced',
      execArgv: ['--enable-source-maps'],
      env: { ...allocatorSettings(), ...process.env, ...command.environment },
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    if (this.child.stderr) createInterface({ input: this.child.stderr }).on('line', events.onErrorLine);
    this.startTimer = setTimeout(() => this.child.kill('SIGKILL'), silenceMilliseconds);
    this.child.on('message', (message) => {
      const reply = replyMessageSchema.safeParse(message);
      if (reply.success) {
        this.receive(reply.data);
      } else {
        events.onErrorLine(`worker: not a message of the protocol: ${reply.error.message}`);
        this.child.kill('SIGKILL');
      }
    });
    this.exited = new Promise((resolve) => {
      const end = (cause: string): void => {
        if (this.state !== 'ended') this.end(cause);
        resolve();
      };
      this.child.on('exit', (code, signal) => {
        end(signal === null ? `exit code ${code}` : `signal ${signal}`);
      });
      // Of a process that could not be started or not be reached; its exit may never be reported.
      this.child.on('error', (error) => {
        end(error.message);
      });
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get ready(): boolean {
    return this.state === 'ready';
  }

  get jobCount(): number {
    return this.sent.size;
  }

  has(job: PooledJob): boolean {
    return [...this.sent.values()].some((sent) => sent.job === job);
  }

  send(job: PooledJob): void {
    const id = this.nextId++;
    this.sent.set(id, { job, timer: this.silenceTimer(id, job) });
    this.post({ type: 'job', id, kind: job.kind, input: job.input });
  }

  /** Tells the process to stop a job; its answer then comes as a failure. */
  cancel(job: PooledJob): void {
    for (const [id, sent] of this.sent) if (sent.job === job) this.post({ type: 'cancel', id });
  }

  /** Lets the process finish its jobs and exit; kills it when the time is over. */
  async stop(graceMilliseconds: number): Promise<void> {
    if (this.state === 'ready') this.post({ type: 'stop' });
    else this.child.kill('SIGKILL');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), graceMilliseconds);
    await this.exited;
    clearTimeout(timer);
  }

  private post(message: RequestMessage): void {
    // A message to a process that has just ended is lost, and so is the process: `exit` follows.
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  private silenceTimer(id: number, job: PooledJob): NodeJS.Timeout {
    return setTimeout(() => {
      this.sent.delete(id);
      job.reject(new PredictionTimedOutError(job.kind, this.silenceMilliseconds));
      this.child.kill('SIGKILL');
    }, this.silenceMilliseconds);
  }

  private receive(message: ReplyMessage): void {
    if (message.type === 'ready') {
      clearTimeout(this.startTimer);
      this.state = 'ready';
      this.events.onReady();
      return;
    }
    const sent = this.sent.get(message.id);
    if (sent === undefined) return;
    clearTimeout(sent.timer);
    if (message.type === 'progress') {
      sent.timer = this.silenceTimer(message.id, sent.job);
      sent.job.onProgress(message.value);
      return;
    }
    this.sent.delete(message.id);
    if (message.type === 'result') sent.job.resolve(message.value);
    else sent.job.reject(unpackError(message.error));
    this.events.onAnswer();
  }

  private end(cause: string): void {
    const wasReady = this.ready;
    this.state = 'ended';
    clearTimeout(this.startTimer);
    const unfinished = [...this.sent.values()];
    this.sent.clear();
    for (const { timer } of unfinished) clearTimeout(timer);
    this.events.onEnd(
      cause,
      wasReady,
      unfinished.map(({ job }) => job),
    );
  }
}

/** Counts a try of the job that its worker did not survive. @returns whether there is another try */
export function countLoss(job: PooledJob, cause: string): boolean {
  job.attemptsLeft--;
  if (job.attemptsLeft > 0) return true;
  job.reject(new PredictionWorkerLostError(cause));
  return false;
}
