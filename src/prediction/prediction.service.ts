import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { ExpectedError, InvalidInputError } from '../common/errors/index.js';
import { newIdentifier } from '../common/identifiers.js';
import { ConfigurationService } from '../config/index.js';
import { USUAL_ATTENTION } from '../pipeline/attention-view.js';
import { checkOptions, type PredictOptions, presentAnswer } from './present-answer.js';
import { type Prediction, type PredictionBatch, PredictionFailure } from './prediction.types.js';
import { BatchExecution, type ModelAnswer } from './serving/batch-execution.js';
import { ImageSources, type RequestedImage } from './serving/image-sources.js';
import { ServedCheckpoints } from './serving/served-checkpoints.js';
import { unpackError } from './supervisor/remote-error.js';

export interface PredictRequest {
  /** Id or alias. */
  readonly checkpoint: string;
  readonly images: readonly RequestedImage[];
  readonly options: PredictOptions;
}

/** Answers prediction requests: finds pictures and model, lets the workers compute, and puts the answers together. */
@Injectable()
export class PredictionService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(PredictionService.name);

  constructor(
    private readonly served: ServedCheckpoints,
    private readonly sources: ImageSources,
    private readonly execution: BatchExecution,
    private readonly configuration: ConfigurationService,
  ) {}

  /**
   * A picture that cannot be predicted fails alone, with its own error among the results.
   * @throws NotFoundError for the checkpoint, InvalidInputError, PredictionOverloadedError, PredictionUnavailableError
   */
  async predict({ checkpoint: idOrAlias, images, options }: PredictRequest): Promise<PredictionBatch> {
    this.checkCount(images.length);
    checkOptions(options);
    const { checkpoint, notice } = await this.served.find(idOrAlias);
    const notices = new Set(notice === null ? [] : [notice]);
    const sources = await this.sources.find(images);
    const attention = options.attention === undefined ? null : { ...USUAL_ATTENTION, ...options.attention.view };
    const found = sources.flatMap((source) => (source instanceof Error ? [] : [{ source, attention }]));
    const answers = this.execution.submit(checkpoint.id, found);
    const waiting = answers[Symbol.iterator]();
    const results = await Promise.all(
      sources.map(async (source, index): Promise<Prediction | PredictionFailure> => {
        if (source instanceof Error) return new PredictionFailure(index, source);
        const answer = waiting.next();
        if (answer.done === true) throw new Error('predict: fewer answers than images');
        return this.settle(index, answer.value, (value) => {
          if (value.notice !== null) notices.add(value.notice);
          return presentAnswer(index, source, value, checkpoint, options);
        });
      }),
    );
    return { checkpoint, notice: notices.size === 0 ? null : [...notices].join(' '), results };
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.execution.close();
  }

  private async settle(
    index: number,
    answer: Promise<ModelAnswer>,
    present: (answer: ModelAnswer) => Prediction,
  ): Promise<Prediction | PredictionFailure> {
    try {
      const value = await answer;
      if (!value.answer.ok) throw unpackError(value.answer.error);
      return present(value);
    } catch (error) {
      if (error instanceof ExpectedError) return new PredictionFailure(index, error);
      const errorId = newIdentifier();
      this.logger.error({ err: error, errorId }, 'prediction of an image failed');
      const message = `Something went wrong on the server. Its log has the details under the id ${errorId}.`;
      return new PredictionFailure(index, { code: 'INTERNAL_SERVER_ERROR', message });
    }
  }

  private checkCount(count: number): void {
    const { imagesPerRequest } = this.configuration.values.prediction;
    if (count >= 1 && count <= imagesPerRequest) return;
    throw InvalidInputError.field('images', `received ${count}; expected 1 to ${imagesPerRequest}`);
  }
}
