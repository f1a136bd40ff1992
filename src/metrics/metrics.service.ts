import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { ConfigurationService } from '../config/index.js';
import { RunObserver } from './run-observer.js';

/** The figures of this server: those of its process (event loop, memory, garbage collection), and those of all runs. */
@Injectable()
export class MetricsService implements OnApplicationBootstrap {
  private readonly registry = new Registry();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly configuration: ConfigurationService,
    private readonly runs: RunObserver,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.configuration.values.metrics.access === 'off') return;
    collectDefaultMetrics({ register: this.registry });
    await this.runs.begin(this.registry);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** One after the other: each reading goes on where the one before has ended. */
  read(): Promise<string> {
    const reading = this.turn.then(async () => {
      await this.runs.observe();
      return this.registry.metrics();
    });
    this.turn = reading.catch(() => undefined);
    return reading;
  }
}
