import { keyOf, permutation } from '@query2label/sdk';
import type { MetricRecord, TrainingState } from '../../checkpoint/checkpoint-manifest.js';
import { InvalidInputError } from '../../common/errors/index.js';
import { DivergedError } from './diverged.error.js';
import { overallBest, shouldStop } from './early-stopping.js';
import { evaluate } from './evaluate.js';
import type { InputBatch } from './input-batch.js';
import { recordOf, recordsOf } from './metric-records.js';
import { Speedometer } from './speedometer.js';
import { TrainingExecutables } from './training-executables.js';
import type { Snapshot, StopReason, TrainingJob } from './training-job.js';

/** Thrown through the loop when the surroundings want it to stop. */
class StopRequest extends Error {
  constructor(readonly reason: StopReason) {
    super(reason);
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Trains from wherever the checkpoint left off to the end of the recipe. All that decides the numbers is in `TrainingState` and the
 * tensors, so that a run that was stopped at any step and resumed ends with the same bytes.
 */
export class Trainer {
  private readonly state: Mutable<TrainingState>;
  private readonly history: MetricRecord[];
  private fresh: MetricRecord[] = [];
  private readonly speed = new Speedometer();
  private lastSnapshot = performance.now();

  constructor(private readonly job: TrainingJob) {
    const { recipe, train, resume } = job;
    const stepsPerEpoch = Math.floor(train.count / recipe.batchSize);
    if (stepsPerEpoch === 0) {
      throw InvalidInputError.field(
        'recipe.batchSize',
        `a batch of ${recipe.batchSize} is larger than the split "${train.split}" of ${train.count} pictures`,
      );
    }
    this.state = resume?.manifest.training ?? {
      step: 0,
      epoch: 0,
      stepInEpoch: 0,
      stepsPerEpoch,
      totalSteps: stepsPerEpoch * recipe.epochs,
      seed: recipe.seed,
      epochLossSum: 0,
      best: { raw: null, averaged: null },
      newestValue: null,
      skippedImages: 0,
    };
    this.history = [...(resume?.manifest.metrics ?? [])];
    if (this.state.stepsPerEpoch !== stepsPerEpoch) {
      throw InvalidInputError.field(
        'dataset',
        `the checkpoint was written with ${this.state.stepsPerEpoch} steps an epoch, but the split now gives ${stepsPerEpoch}; the dataset has changed`,
      );
    }
  }

  /** @returns `finished`, or why it stopped before; a LAST snapshot was kept except after `cancel` */
  async run(): Promise<StopReason | 'finished'> {
    const executables = await TrainingExecutables.create(this.job);
    try {
      while (this.state.epoch < this.job.recipe.epochs && !this.hasStoppedEarly()) {
        await this.trainEpoch(executables);
        await this.finishEpoch(executables);
      }
      if (this.state.epoch < this.job.recipe.epochs) await this.tellEarlyStop();
      return 'finished';
    } catch (error) {
      if (!(error instanceof StopRequest)) throw error;
      if (error.reason !== 'cancel') await this.snapshot(executables, 'LAST');
      return error.reason;
    } finally {
      await executables.dispose();
    }
  }

  private async trainEpoch(executables: TrainingExecutables): Promise<void> {
    const { recipe, train, pipeline, augmentations } = this.job;
    const { epoch, stepInEpoch, stepsPerEpoch, seed } = this.state;
    const schedule = this.job.schedule(this.state.totalSteps, stepsPerEpoch);
    const order = permutation(keyOf(seed, 'order', epoch), train.count);
    const remaining = order.subarray(stepInEpoch * recipe.batchSize, stepsPerEpoch * recipe.batchSize);
    const { batchSize, onUnreadable } = recipe;
    const { imageSize } = pipeline;
    const batches = executables.inputs.batches({
      ...{ split: train, order: remaining, batchSize, imageSize, augmentations, seed, epoch, onUnreadable },
      padLastBatch: true,
    });
    for await (const batch of batches) {
      await this.checkRequests();
      await this.step(executables, batch, schedule.at(this.state.step));
      if (this.snapshotIsDue()) await this.snapshot(executables, 'LAST');
    }
  }

  private async step(
    executables: TrainingExecutables,
    batch: InputBatch,
    values: { learningRate: number; momentum?: number },
  ): Promise<void> {
    const { hooks, recipe } = this.job;
    for (const { name, reason } of batch.skipped) await hooks.onLog('warn', `skipped ${name}: ${reason}`);
    this.state.skippedImages += batch.skipped.length;
    const started = performance.now();
    const { loss, gradientNorm } = await executables.step(this.state.step, batch, values);
    hooks.onStepTime(performance.now() - started);
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      throw DivergedError.atStep(this.state.step, loss, gradientNorm, values.learningRate);
    }
    this.state.step += 1;
    this.state.stepInEpoch += 1;
    this.state.epochLossSum += loss;
    this.speed.add(batch.filled);
    const { step, totalSteps, epoch } = this.state;
    const imagesPerSecond = this.speed.perSecond();
    const secondsLeft = ((totalSteps - step) * recipe.batchSize) / Math.max(imagesPerSecond, 1e-9);
    const { learningRate } = values;
    const metric = this.state.newestValue;
    await hooks.onProgress({
      epoch,
      epochs: recipe.epochs,
      step,
      totalSteps,
      loss,
      learningRate,
      imagesPerSecond,
      featuresFromCache: batch.featuresFromCache,
      secondsLeft,
      metric,
    });
  }

  /** Evaluates, remembers the best, keeps snapshots. */
  private async finishEpoch(executables: TrainingExecutables): Promise<void> {
    const { train } = this.job;
    const { epoch, step, stepsPerEpoch } = this.state;
    const where = { epoch, step, weights: 'training', split: train.split } as const;
    const schedule = this.job.schedule(this.state.totalSteps, stepsPerEpoch);
    const records = [
      recordOf(where, 'loss', this.state.epochLossSum / stepsPerEpoch),
      recordOf(where, 'learning-rate', schedule.at(step - 1).learningRate),
    ];
    const { skippedImages } = this.state;
    if (skippedImages > 0) records.push(recordOf(where, 'skipped-images', skippedImages));
    const speed = this.speed.lap();
    const before = overallBest(this.state.best);
    if (this.isEvaluated(epoch)) records.push(...(await this.evaluateBoth(executables)));
    this.history.push(...records);
    this.fresh.push(...records);
    // How fast a machine was is no part of what a checkpoint holds: it would differ between equal runs.
    if (speed !== null) this.fresh.push(recordOf(where, 'images-per-second', speed));
    this.state.epoch = epoch + 1;
    this.state.stepInEpoch = 0;
    this.state.epochLossSum = 0;
    const best = overallBest(this.state.best);
    const improved = best !== null && best.epoch === epoch && (before === null || best.value > before.value);
    if (improved) await this.snapshot(executables, 'BEST');
    await this.snapshot(executables, 'LAST');
  }

  private isEvaluated(epoch: number): boolean {
    const { evaluateEvery, epochs } = this.job.recipe;
    return (epoch + 1) % evaluateEvery === 0 || epoch + 1 === epochs;
  }

  /** Asked of the state alone, so that a run that was killed right after its last epoch stops there when it goes on. */
  private hasStoppedEarly(): boolean {
    const { epoch, stepInEpoch, best, newestValue } = this.state;
    const patience = this.job.recipe.earlyStopping?.patience;
    if (patience === undefined || epoch === 0 || stepInEpoch > 0 || !this.isEvaluated(epoch - 1)) return false;
    return shouldStop(best, newestValue, epoch - 1, patience);
  }

  private tellEarlyStop(): Promise<void> {
    const { best, epoch } = this.state;
    const message = `stopped early after epoch ${epoch - 1}: nothing has improved since epoch ${overallBest(best)?.epoch ?? 0}`;
    return this.job.hooks.onLog('info', message);
  }

  private async evaluateBoth(executables: TrainingExecutables): Promise<MetricRecord[]> {
    const { recipe, validation, pipeline, metrics } = this.job;
    const { epoch, step, best } = this.state;
    const records: MetricRecord[] = [];
    const both = recipe.averageDecay === null ? (['raw'] as const) : (['raw', 'averaged'] as const);
    const next = { ...best };
    for (const weights of both) {
      await executables.prepareEvaluation(weights, step);
      const results = await evaluate({
        ...{ executable: executables.evaluation, inputs: executables.inputs, pipeline, split: validation, metrics },
        batchSize: recipe.batchSize,
        onUnreadable: recipe.onUnreadable,
        onBatch: () => this.checkRequests(),
      });
      const where = { epoch, step, weights, split: validation.split } as const;
      for (const [name, result] of results) records.push(...recordsOf(where, name, result));
      const value = results.get(metrics[0].name)?.value ?? null;
      const known = best[weights];
      if (value !== null && (known === null || value > known.value)) next[weights] = { epoch, value };
      this.state.newestValue = value;
    }
    this.state.best = next;
    this.speed.pause();
    return records;
  }

  private async checkRequests(): Promise<void> {
    const reason = await this.job.hooks.shouldStop();
    if (reason !== null) throw new StopRequest(reason);
  }

  private snapshotIsDue(): boolean {
    const { checkpointEverySteps, checkpointEveryMinutes } = this.job.recipe;
    if (this.state.stepInEpoch === this.state.stepsPerEpoch) return false;
    if (checkpointEverySteps !== null && this.state.step % checkpointEverySteps === 0) return true;
    return checkpointEveryMinutes !== null && performance.now() - this.lastSnapshot >= checkpointEveryMinutes * 60_000;
  }

  private async snapshot(executables: TrainingExecutables, kind: Snapshot['kind']): Promise<void> {
    const predicts =
      overallBest(this.state.best)?.weights ?? (this.job.recipe.averageDecay === null ? 'raw' : 'averaged');
    const tensors = await executables.tensors(kind === 'LAST', this.state.step);
    const state = structuredClone(this.state);
    await this.job.hooks.onSnapshot({ kind, state, history: [...this.history], fresh: this.fresh, predicts, tensors });
    if (kind === 'LAST') {
      this.fresh = [];
      this.lastSnapshot = performance.now();
    }
  }
}
