import { Injectable } from '@nestjs/common';
import { type MetricInput, rankLabel } from '@query2label/sdk';
import type { z } from 'zod';
import { ConflictError } from '../../common/errors/index.js';
import { BatchLoader } from '../../dataset/batch/batch-loader.js';
import type { LoadedSplit } from '../../dataset/batch/loaded-split.js';
import { SplitReader } from '../../dataset/batch/split-reader.js';
import { ConfigurationService } from '../../config/index.js';
import { ComponentRegistry } from '../../plugin/index.js';
import type { EvaluateOutput, EvaluateProgress, evaluateJob } from '../jobs/evaluate.job.js';
import type { JobContext } from '../supervisor/serve-jobs.js';
import { countDecisions } from '../thresholds/count-decisions.js';
import { precisionRecallCurve } from '../evaluation/precision-recall-curve.js';
import { chooseThresholds } from '../thresholds/choose-thresholds.js';
import type { LoadedModel } from './loaded-model.js';
import { Models } from './models.js';

type EvaluateJobInput = z.output<typeof evaluateJob.input>;

interface ScoredSplit extends MetricInput {
  readonly skipped: readonly string[];
}

/** Scores a split with a model, batch by batch, and measures the scores. Predictions come in between batches. */
@Injectable()
export class SplitEvaluator {
  private readonly batchSize: number;

  constructor(
    private readonly models: Models,
    private readonly reader: SplitReader,
    private readonly loader: BatchLoader,
    private readonly registry: ComponentRegistry,
    configuration: ConfigurationService,
  ) {
    this.batchSize = configuration.values.prediction.maximumBatch;
  }

  async evaluate(input: EvaluateJobInput, context: JobContext<EvaluateProgress>): Promise<EvaluateOutput> {
    const started = performance.now();
    const metrics = input.metrics.map((reference, index) =>
      this.registry.resolve('metric', reference, `metrics.${index}`),
    );
    const split = await this.reader.open(input.datasetId, input.split);
    const work = async (model: LoadedModel) => ({
      labels: [...model.labels],
      notice: model.notice,
      scored: await this.score(model, split, input, context),
    });
    const { checkpointId, as } = input;
    const { labels, notice, scored } = await (as === undefined
      ? this.models.use(checkpointId, work)
      : this.models.useAs(checkpointId, as, work));
    return {
      ...{ labels, notice },
      images: scored.images,
      skipped: [...scored.skipped],
      metrics: metrics.map(({ component, provider, options }) => {
        const { value, perLabel, figures } = provider.build(options).compute(scored);
        const list = perLabel === undefined ? null : [...perLabel];
        return { name: component.name, options: { ...options }, value, perLabel: list, figures: { ...figures } };
      }),
      counts: countDecisions(scored, input.thresholds),
      ...(input.choose !== undefined && { chosen: chooseThresholds(scored, input.choose) }),
      ...(input.curvePoints !== undefined && { curves: curvesOf(scored, input.curvePoints) }),
      milliseconds: performance.now() - started,
    };
  }

  /** Scores and truths of the images that can be read, in the order of the split and of the model's labels. */
  private async score(
    model: LoadedModel,
    split: LoadedSplit,
    { onUnreadable }: EvaluateJobInput,
    { signal, report }: JobContext<EvaluateProgress>,
  ): Promise<ScoredSplit> {
    const columns = columnsOf(model.labels, split);
    const labels = model.labels.length;
    const scores = new Float32Array(split.count * labels);
    const targets = new Int8Array(split.count * labels);
    const skipped: string[] = [];
    let images = 0;
    let seen = 0;
    const request = {
      split,
      order: Uint32Array.from({ length: split.count }, (_, index) => index),
      batchSize: this.batchSize,
      imageSize: model.pipeline.imageSize,
      onUnreadable,
      signal,
    };
    for await (const batch of this.loader.batches(request)) {
      const { probabilities } = await model.predict(batch.images);
      batch.indices.forEach((index, slot) => {
        if (index < 0) return;
        scores.set(probabilities.subarray(slot * labels, (slot + 1) * labels), images * labels);
        columns.forEach((column, label) => {
          targets[images * labels + label] = split.targets[index * split.labels.length + column];
        });
        images++;
      });
      skipped.push(...batch.skipped.map(({ name }) => name));
      seen += batch.size;
      report({ done: seen, total: split.count });
    }
    signal.throwIfAborted();
    return {
      images,
      labels,
      scores: scores.subarray(0, images * labels),
      targets: targets.subarray(0, images * labels),
      skipped,
    };
  }
}

function curvesOf(scored: ScoredSplit, points: number): EvaluateOutput['curves'] {
  return Array.from({ length: scored.labels }, (_, label) => precisionRecallCurve(rankLabel(scored, label), points));
}

/** Where the split keeps each label of the model. @throws ConflictError naming the labels that it lacks */
function columnsOf(labels: readonly string[], split: LoadedSplit): number[] {
  const missing = labels.filter((label) => !split.labels.includes(label));
  if (missing.length > 0) {
    const shown = missing.slice(0, 10).join(', ');
    throw new ConflictError(
      `The dataset lacks ${missing.length} of the ${labels.length} labels of the checkpoint: ${shown}.`,
      { help: 'Evaluate on a dataset with the labels that the checkpoint was trained on.' },
    );
  }
  return labels.map((label) => split.labels.indexOf(label));
}
