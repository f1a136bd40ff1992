import { Module } from '@nestjs/common';
import { CheckpointController } from './checkpoint.controller.js';
import { CheckpointStore } from './checkpoint-store.js';
import { CheckpointResolver } from './checkpoint.resolver.js';
import { CheckpointService } from './checkpoint.service.js';

/** Checkpoints: their folders, their records, and the aliases that point at them. */
@Module({
  controllers: [CheckpointController],
  providers: [CheckpointStore, CheckpointService, CheckpointResolver],
  exports: [CheckpointStore, CheckpointService],
})
export class CheckpointModule {}
