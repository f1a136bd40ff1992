import { Injectable } from '@nestjs/common';
import { CheckpointService } from '../../checkpoint/checkpoint.service.js';
import { InvalidInputError } from '../../common/errors/index.js';
import { EvaluationService } from '../evaluation/evaluation.service.js';
import { policyOf } from '../unreadable-policy.js';
import { type NamedThreshold, replaceThresholds } from './named-thresholds.js';
import type { CheckpointThresholds, SetThresholdsInput, ThresholdSplitInput } from './threshold.types.js';

interface NewThresholds {
  readonly thresholds: readonly number[];
  readonly f1: readonly (number | null)[];
}

/** Sets the decision thresholds of checkpoints. */
@Injectable()
export class ThresholdService {
  constructor(
    private readonly checkpoints: CheckpointService,
    private readonly evaluations: EvaluationService,
  ) {}

  /** @throws NotFoundError, InvalidInputError with the closest names, and all that an evaluation throws */
  async set(input: SetThresholdsInput): Promise<CheckpointThresholds> {
    const { id, labels, thresholds: previous } = await this.checkpoints.resolve(input.checkpoint);
    const { thresholds, f1 } = await this.choose(input, id, labels, previous);
    const checkpoint = await this.checkpoints.setThresholds(id, thresholds);
    return {
      checkpoint,
      labels: labels.map((label, index) => ({
        label,
        threshold: thresholds[index],
        previous: previous[index],
        f1: f1[index],
      })),
    };
  }

  private async choose(
    input: SetThresholdsInput,
    id: string,
    labels: readonly string[],
    previous: readonly number[],
  ): Promise<NewThresholds> {
    const given = input.thresholds ?? undefined;
    const split = input.maximiseF1 ?? undefined;
    if (given !== undefined && split === undefined) return fromNames(labels, previous, given);
    if (split !== undefined && given === undefined) return this.fromSplit(id, previous, split);
    const received = given === undefined ? 'neither' : 'both';
    throw InvalidInputError.field('input', `received ${received}; expected thresholds or maximiseF1`);
  }

  private async fromSplit(
    id: string,
    previous: readonly number[],
    { dataset, split, onUnreadable }: ThresholdSplitInput,
  ): Promise<NewThresholds> {
    const { measured } = await this.evaluations.evaluate({
      checkpoint: id,
      dataset,
      split,
      onUnreadable: policyOf(onUnreadable),
    });
    return {
      thresholds: measured.best.map(({ threshold }, index) => threshold ?? previous[index]),
      f1: measured.best.map(({ f1 }) => f1),
    };
  }
}

function fromNames(
  labels: readonly string[],
  previous: readonly number[],
  given: readonly NamedThreshold[],
): NewThresholds {
  return { thresholds: replaceThresholds(labels, previous, given, 'thresholds'), f1: labels.map(() => null) };
}
