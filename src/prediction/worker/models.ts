import { Injectable, Logger } from '@nestjs/common';
import { createEngine, type Engine, EngineError, type Quantization, QuantizationError } from '@query2label/engine';
import { CheckpointStore } from '../../checkpoint/checkpoint-store.js';
import { ExpectedError } from '../../common/errors/index.js';
import { ConfigurationService, engineOptionsOf } from '../../config/index.js';
import { PipelineAssembler } from '../../pipeline/pipeline-assembler.js';
import { LoadedModel, type LoadedModelOptions } from './loaded-model.js';
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
    // Keys are ids with their numbers: a checkpoint that is to predict in other ones is another model.
    this.cache = new ModelCache(configuration.values.prediction.modelsInMemory, (key) => this.serve(key.split(' ')[0]));
  }

  /** Lends the model of a checkpoint, compiled and warmed up. @throws NotFoundError, DamagedCheckpointError */
  async use<Result>(checkpointId: string, work: (model: LoadedModel) => Promise<Result>): Promise<Result> {
    const numbers = await this.checkpoints.numbersOf(checkpointId);
    return this.cache.use(`${checkpointId} ${numbers}`, work);
  }

  /** Lends a model in other numbers than it is to predict in, for this work alone. @throws QuantizationError if it cannot compute in them */
  async useAs<Result>(
    checkpointId: string,
    as: Quantization | 'float32',
    work: (model: LoadedModel) => Promise<Result>,
  ): Promise<Result> {
    const { create } = await this.load(checkpointId);
    const model = await create(as === 'float32' ? {} : { quantization: as });
    return work(model).finally(() => model.dispose());
  }

  /** The model as it is to predict; in float32 if the 8 bits that were found for it cannot be computed here any more. */
  private async serve(id: string): Promise<LoadedModel> {
    const { create, quantization } = await this.load(id);
    if (quantization === null) return create({});
    try {
      return await create({ quantization });
    } catch (error) {
      if (!(error instanceof QuantizationError)) throw error;
      this.logger.warn(
        `Checkpoint ${id} is to predict in 8 bits and predicts in float32: ${error.message} ` +
          `Quantize it again (q2l checkpoints quantize ${id} DATASET), or let it stay so (q2l checkpoints precision ${id} float32).`,
      );
      const notice = `Checkpoint ${id} answered in float32, not in 8 bits, which no longer fit it: it has to be quantized again.`;
      return create({ notice });
    }
  }

  private async load(id: string) {
    const { definition, labels, parameters, quantization } = await this.checkpoints.load(id);
    const pipeline = await this.assembler.assemble(definition, labels.length);
    const { maximumBatch } = this.configuration.values.prediction;
    const engine = await this.engine();
    const name = `checkpoint ${id}`;
    const onFilled = (reason: string) => this.logger.warn(`${name} fills small batches up: ${reason}`);
    const create = (numbers: Pick<LoadedModelOptions, 'quantization' | 'notice'>): Promise<LoadedModel> =>
      LoadedModel.create(engine, pipeline, { labels, parameters, maximumBatch, name, onFilled, ...numbers });
    return { create, quantization };
  }

  /** The engine of this process, started when it is first wanted. @throws ExpectedError if it is not available here */
  engine(): Promise<Engine> {
    const options = engineOptionsOf(this.configuration.values, (message) => this.logger.warn(message));
    this.started ??= createEngine(options).catch((error: unknown) => {
      if (!(error instanceof EngineError)) throw error;
      throw new ExpectedError('ENGINE_UNAVAILABLE', error.message, {
        help: 'Set Q2L_ENGINE and Q2L_EXECUTION_PROVIDERS to what works on this machine (docs/engines.md).',
        cause: error,
      });
    });
    return this.started;
  }
}
