import { Args, Query, Resolver, Subscription } from '@nestjs/graphql';
import { expectErrors, type UserError } from '../../common/graphql/index.js';
import { policyOf } from '../unreadable-policy.js';
import { EvaluationService, type MeasuredCheckpoint } from './evaluation.service.js';
import { EvaluateInput, EvaluateResult, type Evaluation, EvaluationProgress } from './evaluation.types.js';

@Resolver()
export class EvaluationResolver {
  constructor(private readonly service: EvaluationService) {}

  @Query(() => EvaluateResult, {
    description: 'Measures a checkpoint on a split, in a prediction process; answers when it is done.',
  })
  evaluate(@Args('input') input: EvaluateInput): Promise<Evaluation | UserError> {
    const { checkpoint, dataset, split, metrics, onUnreadable } = input;
    return expectErrors(async () => {
      const measured = await this.service.evaluate({
        checkpoint,
        dataset,
        split,
        metrics: metrics?.map(({ name, options }) => ({ name, options: { ...options } })),
        onUnreadable: policyOf(onUnreadable),
      });
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

function present({ checkpoint, measured }: MeasuredCheckpoint, dataset: string, split: string): Evaluation {
  const { labels, images, skipped, metrics, counts, milliseconds } = measured;
  return {
    checkpoint,
    dataset,
    split,
    images,
    skipped,
    metrics,
    labels: labels.map((label, index) => ({
      label,
      metrics: metrics.flatMap(({ name, perLabel }) =>
        perLabel === null ? [] : [{ metric: name, value: perLabel[index] }],
      ),
      threshold: checkpoint.thresholds[index],
      ...counts[index],
    })),
    milliseconds,
  };
}
