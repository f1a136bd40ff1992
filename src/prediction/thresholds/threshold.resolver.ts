import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { expectErrors, type UserError } from '../../common/graphql/index.js';
import { ThresholdService } from './threshold.service.js';
import { type CheckpointThresholds, SetThresholdsInput, SetThresholdsResult } from './threshold.types.js';

@Resolver()
export class ThresholdResolver {
  constructor(private readonly service: ThresholdService) {}

  @Mutation(() => SetThresholdsResult, {
    description:
      'Sets decision thresholds of a checkpoint: given ones, or ones found on a split, by greatest F1 or by a precision or recall to reach.',
  })
  setThresholds(@Args('input') input: SetThresholdsInput): Promise<CheckpointThresholds | UserError> {
    return expectErrors(() => this.service.set(input));
  }
}
