import type { Executable } from '@query2label/engine';
import type { BuiltMetric, MetricResult } from '@query2label/sdk';
import type { LoadedSplit } from '../../dataset/batch/loaded-split.js';
import { DivergedError } from './diverged.error.js';
import type { AssembledPipeline } from '../../pipeline/assembled-pipeline.js';
import type { InputLoader } from './input-batch.js';

export interface NamedMetric {
  readonly name: string;
  readonly metric: BuiltMetric;
}

export interface EvaluationRequest {
  /** An evaluation program compiled for any batch size, its state written. */
  readonly executable: Executable;
  readonly pipeline: AssembledPipeline;
  readonly inputs: InputLoader;
  readonly split: LoadedSplit;
  readonly batchSize: number;
  readonly metrics: readonly NamedMetric[];
  readonly onUnreadable: 'fail' | 'skip';
  /** Called between batches; it throws to stop. */
  readonly onBatch: () => Promise<void>;
}

/** Scores every picture of a split and computes the metrics. Pictures that were skipped do not count. */
export async function evaluate(request: EvaluationRequest): Promise<ReadonlyMap<string, MetricResult>> {
  const { executable, pipeline, inputs, split, batchSize, onUnreadable } = request;
  const labels = split.labels.length;
  const scores = new Float32Array(split.count * labels);
  const targets = new Int8Array(split.count * labels);
  let images = 0;
  const order = Uint32Array.from({ length: split.count }, (_, index) => index);
  const batches = inputs.batches({ split, order, batchSize, imageSize: pipeline.imageSize, onUnreadable });
  for await (const batch of batches) {
    await request.onBatch();
    const { probabilities } = await executable.run(batch.inputs);
    if (!probabilities.data.every(Number.isFinite)) throw DivergedError.inScores();
    batch.indices.forEach((row, slot) => {
      if (row < 0) return;
      for (let label = 0; label < labels; label += 1) {
        scores[images * labels + label] = probabilities.data[slot * labels + label];
        targets[images * labels + label] = split.targets[row * labels + label];
      }
      images += 1;
    });
  }
  const input = {
    images,
    labels,
    scores: scores.subarray(0, images * labels),
    targets: targets.subarray(0, images * labels),
  };
  return new Map(request.metrics.map(({ name, metric }) => [name, metric.compute(input)]));
}
