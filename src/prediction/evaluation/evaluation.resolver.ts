import { Args, Query, Resolver, Subscription } from '@nestjs/graphql';
import { InvalidInputError } from '../../common/errors/index.js';
import { ClientSignal, expectErrors, type UserError } from '../../common/graphql/index.js';
import { decisionFigures, supportOf } from '../thresholds/decision-figures.js';
import { policyOf } from '../unreadable-policy.js';
import { EvaluationService, type MeasuredCheckpoint } from './evaluation.service.js';
import { EvaluateInput, EvaluateResult, type Evaluation, EvaluationProgress } from './evaluation.types.js';

@Resolver()
export class EvaluationResolver {
  constructor(private readonly service: EvaluationService) {}

  @Query(() => EvaluateResult, {
    description:
      'Measures a checkpoint on a split, in a prediction process; answers when it is done. Given up when all clients that wait for it have left.',
  })
  evaluate(
    @Args('input') input: EvaluateInput,
    @ClientSignal() signal: AbortSignal | undefined,
  ): Promise<Evaluation | UserError> {
    const { checkpoint, dataset, split, metrics, curvePoints, onUnreadable } = input;
    return expectErrors(async () => {
      const request = {
        ...{ checkpoint, dataset, split },
        metrics: metrics?.map(({ name, options }) => ({ name, options: { ...options } })),
        curvePoints: checkedPoints(curvePoints ?? undefined),
        onUnreadable: policyOf(onUnreadable),
      };
      const measured = await this.service.evaluate(request, signal);
      return present(measured, dataset, split);
    });
  }

  @Subscription(() => EvaluationProgress, {
    description: 'How far the evaluation of a checkpoint on a split is; ends when it ends.',
    resolve: (progress: EvaluationProgress) => progress,
  })
  evaluationProgress(
    @Args('checkpoint', { description: 'Id or alias.' }) checkpoint: string,
    @Args('dataset', { description: 'Id of the dataset.' }) dataset: string,
    @Args('split', { defaultValue: 'validation', description: 'Split of the dataset.' }) split: string,
  ): AsyncGenerator<EvaluationProgress> {
    return this.service.follow(checkpoint, dataset, split);
  }
}

const MAXIMUM_POINTS = 1000;

function checkedPoints(points: number | undefined): number | undefined {
  if (points === undefined || (points >= 2 && points <= MAXIMUM_POINTS)) return points;
  throw InvalidInputError.field('curvePoints', `received ${points}; expected 2 to ${MAXIMUM_POINTS}`);
}

function present({ checkpoint, measured }: MeasuredCheckpoint, dataset: string, split: string): Evaluation {
  const { labels, notice, images, skipped, metrics, counts, curves, milliseconds } = measured;
  return {
    checkpoint,
    dataset,
    split,
    notice,
    images,
    skipped,
    metrics,
    decisions: decisionFigures(counts),
    labelsWithoutPositives: labels.filter((_, index) => supportOf(counts[index]) === 0),
    labels: labels.map((label, index) => ({
      label,
      metrics: metrics.flatMap(({ name, perLabel }) =>
        perLabel === null ? [] : [{ metric: name, value: perLabel[index] }],
      ),
      support: supportOf(counts[index]),
      curve: curves?.[index] ?? null,
      threshold: checkpoint.thresholds[index],
      ...counts[index],
    })),
    milliseconds,
  };
}
