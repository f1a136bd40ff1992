import { Module } from '@nestjs/common';
import { CheckpointStore } from './checkpoint-store.js';
import { CheckpointResolver } from './checkpoint.resolver.js';
import { CheckpointService } from './checkpoint.service.js';

/** Checkpoints: their folders, their records, and the aliases that point at them. */
@Module({
  providers: [CheckpointStore, CheckpointService, CheckpointResolver],
  exports: [CheckpointStore, CheckpointService],
})
export class CheckpointModule {}
