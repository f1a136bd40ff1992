import { Injectable } from '@nestjs/common';
import { type NamedValues, QuantizationError, RANGE_RULES, UnsupportedProgramError } from '@query2label/engine';
import { keyOf, permutation } from '@query2label/sdk';
import type { z } from 'zod';
import { ConflictError } from '../../common/errors/index.js';
import { CheckpointStore } from '../../checkpoint/checkpoint-store.js';
import { BatchLoader } from '../../dataset/batch/batch-loader.js';
import type { LoadedSplit } from '../../dataset/batch/loaded-split.js';
import { SplitReader } from '../../dataset/batch/split-reader.js';
import type { AssembledPipeline } from '../../pipeline/assembled-pipeline.js';
import { PipelineAssembler } from '../../pipeline/pipeline-assembler.js';
import type { CalibrateProgress, calibrateJob } from '../jobs/calibrate.job.js';
import type { JobContext } from '../supervisor/serve-jobs.js';
import { attentionInput } from './attention-input.js';
import { Models } from './models.js';

/** Finds the ranges of a model's activations on pictures of a split, drawn at random, always the same ones. */
@Injectable()
export class Calibrator {
  constructor(
    private readonly models: Models,
    private readonly checkpoints: CheckpointStore,
    private readonly assembler: PipelineAssembler,
    private readonly reader: SplitReader,
    private readonly loader: BatchLoader,
  ) {}

  /** @throws ConflictError if the model cannot be computed in 8 bits here */
  async calibrate(
    input: z.output<typeof calibrateJob.input>,
    context: JobContext<CalibrateProgress>,
  ): Promise<z.input<typeof calibrateJob.output>> {
    const { checkpointId, datasetId, split: name, images } = input;
    const { definition, labels, parameters } = await this.checkpoints.load(checkpointId);
    const pipeline = await this.assembler.assemble(definition, labels.length);
    const split = await this.reader.open(datasetId, name);
    const order = permutation(keyOf(0, 'calibration'), split.count).subarray(0, images);
    const engine = await this.models.engine();
    const { program, signature } = pipeline.predictionProgram(parameters, 'batch', {
      attention: pipeline.attention !== null,
    });
    const label = `checkpoint ${checkpointId}`;
    context.report({ done: 0, total: order.length });
    const samples = this.samples(pipeline, split, order, context);
    const found = await engine.calibrate(program, signature, samples, RANGE_RULES, { label }).catch(refused);
    const quantizations = found.map(({ model, rule, ranges }) => ({
      ...{ model, rule },
      ranges: Object.fromEntries(
        Object.entries(ranges).map(([tensor, [low, high]]): [string, [number, number]] => [tensor, [low, high]]),
      ),
    }));
    return { quantizations, images: order.length };
  }

  private async *samples(
    pipeline: AssembledPipeline,
    split: LoadedSplit,
    order: Uint32Array,
    { signal, report }: JobContext<CalibrateProgress>,
  ): AsyncGenerator<NamedValues> {
    const { imageSize } = pipeline;
    const shape = [1, imageSize.height, imageSize.width, 3];
    const request = { split, order, batchSize: 1, imageSize, onUnreadable: 'fail', signal } as const;
    let done = 0;
    for await (const { images } of this.loader.batches(request)) {
      yield { images: { dtype: 'float32', shape, data: images }, ...attentionInput(pipeline, [], 1) };
      report({ done: ++done, total: order.length });
    }
    signal.throwIfAborted();
  }
}

function refused(error: unknown): never {
  if (!(error instanceof QuantizationError || error instanceof UnsupportedProgramError)) throw error;
  throw new ConflictError(`It cannot be computed in 8 bits here. ${error.message}`, {
    help: 'In float32 it predicts as before.',
  });
}
