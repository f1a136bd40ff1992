import { Injectable } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { DatabaseService } from '../../database/index.js';
import { Checkpoint, CheckpointStatus } from '../checkpoint.entity.js';
import { CheckpointService } from '../checkpoint.service.js';
import { CheckpointStore } from '../checkpoint-store.js';
import { inspectContainer } from '../container/inspect-container.js';
import { Quarantine } from './quarantine.js';
import type { ReconciliationReport } from './reconciliation-report.js';

const PAGE = 500;

/** The half of a reconciliation that begins at the records: does each have its files? */
@Injectable()
export class RecordCheck {
  constructor(
    private readonly database: DatabaseService,
    private readonly service: CheckpointService,
    private readonly store: CheckpointStore,
    private readonly quarantine: Quarantine,
  ) {}

  async run(report: ReconciliationReport): Promise<void> {
    let after = '';
    for (;;) {
      const page = await this.database.read.find(Checkpoint, { where: { id: MoreThan(after) }, order: { id: 'ASC' }, take: PAGE }); // prettier-ignore
      for (const record of page) {
        try {
          await this.check(record, report);
        } catch (error) {
          report.problems.push(`${record.id}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
      report.checked += page.length;
      if (page.length < PAGE) return;
      after = page[page.length - 1].id;
    }
  }

  private async check({ id, status, manifestSha256 }: Checkpoint, report: ReconciliationReport): Promise<void> {
    if (status === CheckpointStatus.DELETING) {
      await this.service.finishDeletion(id);
      report.finishedDeletions.push(id);
      return;
    }
    const inspect = () => inspectContainer(this.store.folder(id), manifestSha256, report.verified);
    let found = await inspect();
    if (found.state === 'missing' && (await this.quarantine.giveBack(id))) found = await inspect();
    if (found.state === 'damaged') report.damaged.push({ checkpoint: id, file: found.file, fault: found.fault });
    const { MISSING, READY } = CheckpointStatus;
    if (found.state === 'missing') {
      // Nothing happens to one that was marked for deletion meanwhile.
      const marked = status === MISSING || (await this.change(id, READY, MISSING));
      if (marked) report.missing.push(id);
    } else if (status === MISSING && (await this.change(id, MISSING, READY))) {
      report.returned.push(id);
    }
  }

  private async change(id: string, from: CheckpointStatus, to: CheckpointStatus): Promise<boolean> {
    const { affected } = await this.database.write((manager) => manager.update(Checkpoint, { id, status: from }, { status: to })); // prettier-ignore
    return affected === 1;
  }
}
