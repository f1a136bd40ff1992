import { Module } from '@nestjs/common';
import { CheckpointStore } from './checkpoint-store.js';
import { CheckpointResolver } from './checkpoint.resolver.js';
import { CheckpointService } from './checkpoint.service.js';
import { FileOperations } from './container/file-operations.js';

/** Checkpoints: their folders, their records, and the aliases that point at them. */
@Module({
  providers: [FileOperations, CheckpointStore, CheckpointService, CheckpointResolver],
  exports: [FileOperations, CheckpointStore, CheckpointService],
})
export class CheckpointModule {}
