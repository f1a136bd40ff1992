import { Module } from '@nestjs/common';
import { CheckpointModule } from '../checkpoint.module.js';
import { CheckpointReconciler } from './checkpoint-reconciler.js';
import { FolderCheck } from './folder-check.js';
import { Quarantine } from './quarantine.js';
import { ReconciliationResolver } from './reconciliation.resolver.js';
import { RecordCheck } from './record-check.js';

/** Keeps records and folders of checkpoints in agreement; of the server alone, workers only write. */
@Module({
  imports: [CheckpointModule],
  providers: [CheckpointReconciler, FolderCheck, Quarantine, RecordCheck, ReconciliationResolver],
  exports: [CheckpointReconciler],
})
export class ReconciliationModule {}
