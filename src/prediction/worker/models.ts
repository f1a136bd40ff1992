import { Injectable, Logger } from '@nestjs/common';
import { createEngine, type Engine } from '@query2label/engine';
import { CheckpointStore } from '../../checkpoint/checkpoint-store.js';
import { ConfigurationService, engineOptionsOf } from '../../config/index.js';
import { PipelineAssembler } from '../../pipeline/pipeline-assembler.js';
import { LoadedModel } from './loaded-model.js';
import { ModelCache } from './model-cache.js';

/** The compiled models of this process. */
@Injectable()
export class Models {
  private readonly logger = new Logger(Models.name);
  private readonly cache: ModelCache<LoadedModel>;
  private started: Promise<Engine> | undefined;

  constructor(
    private readonly configuration: ConfigurationService,
    private readonly checkpoints: CheckpointStore,
    private readonly assembler: PipelineAssembler,
  ) {
    this.cache = new ModelCache(configuration.values.prediction.modelsInMemory, (id) => this.load(id));
  }

  /** Lends the model of a checkpoint, compiled and warmed up. @throws NotFoundError, DamagedCheckpointError */
  use<Result>(checkpointId: string, work: (model: LoadedModel) => Promise<Result>): Promise<Result> {
    return this.cache.use(checkpointId, work);
  }

  private async load(id: string): Promise<LoadedModel> {
    const { definition, labels, parameters } = await this.checkpoints.load(id);
    const pipeline = await this.assembler.assemble(definition, labels.length);
    const { maximumBatch } = this.configuration.values.prediction;
    const engine = await this.engine();
    const name = `checkpoint ${id}`;
    const onFilled = (reason: string) => this.logger.warn(`${name} fills small batches up: ${reason}`);
    return LoadedModel.create(engine, pipeline, { labels, parameters, maximumBatch, name, onFilled });
  }

  /** The engine of this process, started when it is first wanted. */
  engine(): Promise<Engine> {
    this.started ??= createEngine(engineOptionsOf(this.configuration.values, (message) => this.logger.warn(message)));
    return this.started;
  }
}
