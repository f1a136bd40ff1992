import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { CheckpointReconciler } from './checkpoint-reconciler.js';
import { ReconciliationReport } from './reconciliation-report.js';

@Resolver()
export class ReconciliationResolver {
  constructor(private readonly reconciler: CheckpointReconciler) {}

  @Query(() => ReconciliationReport, {
    nullable: true,
    description: 'The newest comparison of checkpoints with their records by this server; null before the first one.',
  })
  checkpointReconciliation(): ReconciliationReport | null {
    return this.reconciler.newest;
  }

  @Mutation(() => ReconciliationReport, {
    description:
      'Compares the records of checkpoints with their folders now: rows without files become MISSING, files without rows are moved to quarantine, half-written ones are removed, deletions are finished.', // prettier-ignore
  })
  reconcileCheckpoints(
    @Args('verify', { defaultValue: false, description: 'Whether to read all bytes and compare their SHA-256.' })
    verify: boolean,
  ): Promise<ReconciliationReport> {
    return this.reconciler.reconcile(verify);
  }
}
