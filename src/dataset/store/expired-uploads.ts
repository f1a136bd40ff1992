import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { In, LessThan } from 'typeorm';
import { HourlyRounds } from '../../common/hourly-rounds.js';
import { ConfigurationService } from '../../config/index.js';
import { DatabaseService } from '../../database/index.js';
import { LOGGER } from '../../logging/index.js';
import { Upload } from '../entities/index.js';
import { ImageStore } from './image-store.js';
import { UnusedImages } from './unused-images.js';

const HOUR = 60 * 60 * 1000;
const CHUNK = 500;

/** Removes uploads that are older than the configuration lets them be, at the start of the server and each hour; at the start also files that belong to nothing. */
@Injectable()
export class ExpiredUploads implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly rounds = new HourlyRounds(
    () => this.round(),
    (error) => this.logger.warn({ err: error }, 'expired uploads cannot be removed for now'),
  );

  constructor(
    private readonly configuration: ConfigurationService,
    private readonly database: DatabaseService,
    private readonly store: ImageStore,
    private readonly unused: UnusedImages,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start(async () => {
      await this.store.bringBack();
      await this.unused.sweep();
      await this.round();
    });
  }

  onApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  /**
   * Removes what has expired by now.
   * @returns number of uploads removed
   */
  async remove(now: Date = new Date()): Promise<number> {
    const { uploadHours } = this.configuration.values.data;
    if (uploadHours === 0) return 0;
    const expired = new Date(now.getTime() - uploadHours * HOUR);
    let removed = 0;
    for (;;) {
      const uploads = await this.database.read.find(Upload, { where: { createdAt: LessThan(expired) }, take: CHUNK });
      if (uploads.length === 0) return removed;
      await this.database.write((manager) => manager.delete(Upload, { id: In(uploads.map(({ id }) => id)) }));
      await this.unused.remove(
        uploads.map(({ sha256 }) => sha256),
        now,
      );
      removed += uploads.length;
    }
  }

  private async round(): Promise<void> {
    const removed = await this.remove();
    if (removed > 0) this.logger.info({ removed }, 'removed uploads that had expired');
  }
}
