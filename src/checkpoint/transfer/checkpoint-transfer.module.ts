import { Module } from '@nestjs/common';
import { DatasetModule } from '../../dataset/dataset.module.js';
import { PipelineModule } from '../../pipeline/pipeline.module.js';
import { CheckpointModule } from '../checkpoint.module.js';
import { CheckpointImporter } from './checkpoint-importer.js';
import { ExportController } from './export.controller.js';
import { ImportResolver } from './import.resolver.js';
import { MatchChecker } from './match-checker.js';
import { UploadController } from './upload.controller.js';
import { UploadStore } from './upload.store.js';

/** Checkpoints as files of other programs: in and out. */
@Module({
  imports: [CheckpointModule, DatasetModule, PipelineModule],
  controllers: [ExportController, UploadController],
  providers: [CheckpointImporter, ImportResolver, MatchChecker, UploadStore],
})
export class CheckpointTransferModule {}
