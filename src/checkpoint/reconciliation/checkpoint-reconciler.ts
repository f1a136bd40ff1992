import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { Mutex } from '../../database/index.js';
import { LOGGER } from '../../logging/index.js';
import { FolderCheck } from './folder-check.js';
import { isRemarkable, newReport, type ReconciliationReport } from './reconciliation-report.js';
import { RecordCheck } from './record-check.js';

/** Between two reconciliations of a server, in milliseconds: what had to wait at its start is looked at again. */
const INTERVAL = 600_000;

/**
 * Compares the records of checkpoints with their folders, at the start of a server and every now and then: rows without files become
 * MISSING, files without rows are moved to quarantine, half-written ones are removed, deletions are finished. Beside workers that write,
 * and beside other servers that do the same.
 */
@Injectable()
export class CheckpointReconciler implements OnApplicationBootstrap, OnApplicationShutdown {
  /** The newest report of this server. */
  newest: ReconciliationReport | null = null;
  private readonly turn = new Mutex();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly records: RecordCheck,
    private readonly folders: FolderCheck,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.quietly();
    this.timer = setInterval(() => void this.quietly(), INTERVAL).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** @param verify whether to read all bytes of all checkpoints; default false: files are compared by their size */
  reconcile(verify = false): Promise<ReconciliationReport> {
    return this.turn.run(async () => {
      const report = newReport(verify);
      // Folders after records: one that comes back from quarantine has its record.
      await this.records.run(report);
      await this.folders.run(report);
      report.at = new Date();
      this.newest = report;
      if (isRemarkable(report)) this.logger.warn({ report }, 'checkpoints and their records differed');
      else this.logger.debug({ report }, 'checkpoints and their records agree');
      return report;
    });
  }

  /** A server that cannot look at its checkpoints still serves; health tells of a database or disk that is away. */
  private async quietly(): Promise<void> {
    await this.reconcile().catch((error: unknown) => {
      this.logger.error({ err: error }, 'checkpoints could not be compared with their records');
    });
  }
}
