import { Injectable, Logger } from '@nestjs/common';
import { createEngine, type Engine, type Quantization } from '@query2label/engine';
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
    // Keys are ids with a precision: a checkpoint that is to predict in other numbers is another model.
    this.cache = new ModelCache(configuration.values.prediction.modelsInMemory, (key) => this.load(key.split(' ')[0]));
  }

  /** Lends the model of a checkpoint, compiled and warmed up. @throws NotFoundError, DamagedCheckpointError */
  async use<Result>(checkpointId: string, work: (model: LoadedModel) => Promise<Result>): Promise<Result> {
    const precision = await this.checkpoints.precisionOf(checkpointId);
    return this.cache.use(`${checkpointId} ${precision}`, work);
  }

  /** Lends a model in other numbers than it is to predict in, for this work alone. */
  async useAs<Result>(
    checkpointId: string,
    as: Quantization | 'float32',
    work: (model: LoadedModel) => Promise<Result>,
  ): Promise<Result> {
    const model = await this.load(checkpointId, as);
    return work(model).finally(() => model.dispose());
  }

  /** @param as default: as it is to predict */
  private async load(id: string, as?: Quantization | 'float32'): Promise<LoadedModel> {
    const { definition, labels, parameters, quantization: own } = await this.checkpoints.load(id);
    const pipeline = await this.assembler.assemble(definition, labels.length);
    const { maximumBatch } = this.configuration.values.prediction;
    const engine = await this.engine();
    const name = `checkpoint ${id}`;
    const onFilled = (reason: string) => this.logger.warn(`${name} fills small batches up: ${reason}`);
    const quantization = as === undefined ? (own ?? undefined) : as === 'float32' ? undefined : as;
    return LoadedModel.create(engine, pipeline, { labels, parameters, quantization, maximumBatch, name, onFilled });
  }

  /** The engine of this process, started when it is first wanted. */
  engine(): Promise<Engine> {
    this.started ??= createEngine(engineOptionsOf(this.configuration.values, (message) => this.logger.warn(message)));
    return this.started;
  }
}
