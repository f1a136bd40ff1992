import { Module } from '@nestjs/common';
import { PipelineAssembler } from './pipeline-assembler.js';
import { PipelineResolver } from './pipeline.resolver.js';
import { PipelineService } from './pipeline.service.js';
import { WeightFolder } from './weight-folder.js';
import { BackboneRecognizer } from './weights/backbone-recognizer.js';

/** Pipelines: their definitions, and the programs that they become. */
@Module({
  providers: [BackboneRecognizer, PipelineAssembler, PipelineService, PipelineResolver, WeightFolder],
  exports: [BackboneRecognizer, PipelineAssembler, PipelineService, WeightFolder],
})
export class PipelineModule {}
