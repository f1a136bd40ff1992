import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { isIdentifier } from '../../common/identifiers.js';
import { systemErrorOf } from '../../common/system-error.js';
import { ConfigurationService } from '../../config/index.js';
import { CheckpointStore } from '../checkpoint-store.js';
import { FileOperations } from '../container/file-operations.js';
import { TEMPORARY_PREFIX } from '../container/write-container.js';
import { MARK_PREFIX } from '../container/writer-marks.js';
import { DatabaseService } from '../../database/index.js';
import { Checkpoint } from '../checkpoint.entity.js';
import { Quarantine, QUARANTINE } from './quarantine.js';
import type { ReconciliationReport } from './reconciliation-report.js';

/** What another machine was writing and has not touched for so long is left over, in milliseconds; twice the lease, if that is longer. */
const LEAST_GRACE = 600_000;
const IDENTIFIER_LENGTH = 36;
/** Made by file systems and file managers, and not ours to move. */
const FOREIGN = ['lost+found', '.DS_Store'];

/** The half of a reconciliation that begins at the folders: does each have a record, or a process that is writing it? */
@Injectable()
export class FolderCheck {
  private readonly grace: number;

  constructor(
    configuration: ConfigurationService,
    private readonly database: DatabaseService,
    private readonly store: CheckpointStore,
    private readonly quarantine: Quarantine,
    private readonly operations: FileOperations,
  ) {
    this.grace = Math.max(LEAST_GRACE, 2 * configuration.values.training.leaseMilliseconds);
  }

  async run(report: ReconciliationReport): Promise<void> {
    const names = await readdir(this.store.root).catch((error: unknown) => {
      if (systemErrorOf(error)?.code === 'ENOENT') return [];
      throw error;
    });
    // Marks last: they tell about the others.
    const isMark = (name: string): boolean => name.startsWith(MARK_PREFIX);
    const known = names.filter((name) => name !== QUARANTINE && !FOREIGN.includes(name));
    for (const name of [...known.filter((name) => !isMark(name)), ...known.filter(isMark)]) {
      try {
        await this.check(name, report);
      } catch (error) {
        report.problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  private async check(name: string, report: ReconciliationReport): Promise<void> {
    const prefix = [TEMPORARY_PREFIX, MARK_PREFIX].find((each) => name.startsWith(each));
    if (prefix === undefined && (await this.isRecorded(name))) return;
    const id = name.slice(prefix?.length ?? 0).slice(0, IDENTIFIER_LENGTH);
    if (isIdentifier(id) && (await this.isBeingWritten(id, name))) {
      report.waiting.push(name);
      return;
    }
    if (prefix !== undefined) {
      await this.operations.remove(join(this.store.root, name));
      report.removed.push(name);
      return;
    }
    const place = await this.quarantine.take(name);
    if (place !== null) report.quarantined.push({ name, place });
  }

  private async isRecorded(id: string): Promise<boolean> {
    return isIdentifier(id) && (await this.database.read.existsBy(Checkpoint, { id }));
  }

  private async isBeingWritten(id: string, name: string): Promise<boolean> {
    const fate = await this.store.marks.writerOf(id);
    return fate === 'alive' || (fate === 'unknown' && (await this.ageOf(name)) < this.grace);
  }

  /** Milliseconds since anything in a folder was written. */
  private async ageOf(name: string): Promise<number> {
    const path = join(this.store.root, name);
    const inside = await readdir(path).catch(() => []);
    const times = await Promise.all([path, ...inside.map((file) => join(path, file))].map(writtenAt));
    return Date.now() - Math.max(...times);
  }
}

function writtenAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs, ctimeMs }) => Math.max(mtimeMs, ctimeMs),
    () => 0,
  );
}
