import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { newIdentifier } from '../common/identifiers.js';
import { allocatorSettings } from '../common/processes/allocator-settings.js';
import { standBack } from '../common/processes/stand-back.js';
import { ConfigurationService } from '../config/index.js';
import { LOGGER } from '../logging/index.js';
import { RUN_QUEUE, type RunQueue } from './queue/run-queue.js';

const WORKER = fileURLToPath(new URL('../worker.js', import.meta.url));
const FIRST_PAUSE = 500;
/** A worker that lived this long starts anew without a pause, in milliseconds. */
const STABLE = 60_000;

/** Forks the training workers, starts them anew when they die, and ends them with the server. */
@Injectable()
export class TrainingSupervisor implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly children = new Set<ChildProcess>();
  private readonly pauses = new Set<NodeJS.Timeout>();
  private ending = false;
  private drained: Promise<unknown> | undefined;

  constructor(
    private readonly configuration: ConfigurationService,
    @Inject(RUN_QUEUE) private readonly queue: RunQueue,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    // Under jest this file is TypeScript and there is no built worker beside it: such a server only answers.
    if (!existsSync(WORKER)) return;
    for (let slot = 0; slot < this.configuration.values.training.workers; slot += 1) this.start(FIRST_PAUSE);
  }

  /** Lets the workers hand back their runs and end; what they do meanwhile takes nothing from the server. */
  async drain(): Promise<void> {
    this.ending = true;
    for (const pause of this.pauses) clearTimeout(pause);
    this.drained ??= Promise.all([...this.children].map((child) => this.stop(child)));
    await this.drained;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.drain();
  }

  /** Process ids of the workers that live. */
  get processIds(): readonly number[] {
    return [...this.children].flatMap(({ pid }) => pid ?? []);
  }

  private start(pause: number): void {
    const workerId = newIdentifier();
    const env = { ...allocatorSettings(), ...process.env, Q2L_WORKER_ID: workerId };
    const child = fork(WORKER, ['training'], { env });
    standBack(child.pid, this.configuration.values.training.niceness);
    const started = performance.now();
    this.children.add(child);
    child.on('exit', (code, signal) => {
      this.children.delete(child);
      const how = signal === null ? `exited with code ${code ?? 0}` : `was ended by ${signal}`;
      void this.takeBack(workerId, `its worker ${how}`);
      if (this.ending) return;
      this.logger.error({ worker: workerId, code, signal }, 'a training worker died');
      const { restartPauseMilliseconds } = this.configuration.values.training;
      const next = performance.now() - started >= STABLE ? FIRST_PAUSE : Math.min(restartPauseMilliseconds, pause * 2);
      const timer = setTimeout(() => {
        this.pauses.delete(timer);
        this.start(next);
      }, pause);
      this.pauses.add(timer);
    });
  }

  private async takeBack(workerId: string, cause: string): Promise<void> {
    await this.queue.abandon(workerId, cause).catch((error: unknown) => {
      this.logger.warn({ err: error, worker: workerId }, 'its run waits for its lease to expire');
    });
  }

  private async stop(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), this.configuration.values.training.graceMilliseconds);
    await gone;
    clearTimeout(kill);
  }
}
