import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { RunEvent } from '../entities/index.js';
import { isFinished } from '../run-status.js';
import { TrainingService } from '../training.service.js';

/** Between two looks for new events, in milliseconds. */
const INTERVAL = 250;
const CHUNK = 200;

/** Reads a run's events as they come, from any point on: a reader that comes back with the last number it saw misses none. */
@Injectable()
export class EventFeed {
  constructor(private readonly training: TrainingService) {}

  /**
   * Events after number `after`. It ends when the run is over and all of its events have been handed out.
   * @throws NotFoundError
   */
  async *follow(runId: string, after = 0): AsyncGenerator<RunEvent, void, undefined> {
    let cursor = after;
    for (;;) {
      const { status } = await this.training.get(runId);
      const events = await this.training.events(runId, cursor, CHUNK);
      for (const event of events) {
        cursor = event.sequence;
        yield event;
      }
      if (events.length === CHUNK) continue;
      if (isFinished(status)) return;
      await delay(INTERVAL);
    }
  }
}
