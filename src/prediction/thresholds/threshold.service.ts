import { Injectable } from '@nestjs/common';
import { CheckpointService } from '../../checkpoint/checkpoint.service.js';
import { InvalidInputError } from '../../common/errors/index.js';
import { EvaluationService } from '../evaluation/evaluation.service.js';
import { policyOf } from '../unreadable-policy.js';
import type { ChosenThreshold, ThresholdRule } from './choose-thresholds.js';
import { type NamedThreshold, replaceThresholds } from './named-thresholds.js';
import type {
  CheckpointThresholds,
  SetThresholdsInput,
  ThresholdSplitInput,
  ThresholdTargetInput,
} from './threshold.types.js';

interface FoundOnSplit {
  readonly rule: ThresholdRule;
  readonly on: ThresholdSplitInput;
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
    const chosen = await this.choose(input, id, labels, previous);
    const thresholds = chosen.map(({ threshold }, index) => threshold ?? previous[index]);
    const checkpoint = await this.checkpoints.setThresholds(id, thresholds);
    return {
      checkpoint,
      labels: labels.map((label, index) => ({
        ...chosen[index],
        ...{ label, threshold: thresholds[index], previous: previous[index] },
      })),
    };
  }

  private async choose(
    input: SetThresholdsInput,
    checkpoint: string,
    labels: readonly string[],
    previous: readonly number[],
  ): Promise<readonly ChosenThreshold[]> {
    const wanted = wantedBy(input);
    if (!('rule' in wanted)) {
      const given = replaceThresholds(labels, previous, wanted, 'thresholds');
      return given.map((threshold) => ({ threshold, precision: null, recall: null, f1: null }));
    }
    const { dataset, split, onUnreadable } = wanted.on;
    const request = { checkpoint, dataset, split, metrics: [], choose: wanted.rule };
    const { measured } = await this.evaluations.evaluate({ ...request, onUnreadable: policyOf(onUnreadable) });
    return measured.chosen ?? [];
  }
}

/** The one way that was asked for. @throws InvalidInputError if none or several were, or a target is out of range */
function wantedBy({
  thresholds,
  maximiseF1,
  reachPrecision,
  reachRecall,
}: SetThresholdsInput): readonly NamedThreshold[] | FoundOnSplit {
  const ways = { thresholds, maximiseF1, reachPrecision, reachRecall };
  const asked = Object.entries(ways).flatMap(([name, value]) => (value === undefined || value === null ? [] : [name]));
  if (asked.length !== 1) {
    const received = asked.length === 0 ? 'none' : asked.join(' and ');
    const message = `received ${received}; expected one of ${Object.keys(ways).join(', ')}`;
    throw InvalidInputError.field('input', message);
  }
  if (maximiseF1) return { rule: { rule: 'maximise-f1' }, on: maximiseF1 };
  if (reachPrecision) return { rule: { rule: 'reach-precision', value: target(reachPrecision) }, on: reachPrecision };
  if (reachRecall) return { rule: { rule: 'reach-recall', value: target(reachRecall) }, on: reachRecall };
  return thresholds ?? [];
}

function target({ value }: ThresholdTargetInput): number {
  if (value > 0 && value <= 1) return value;
  throw InvalidInputError.field('input.value', `received ${value}; expected a number above 0 up to 1`);
}
