import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { expectErrors, type UserError } from '../../common/graphql/index.js';
import { ThresholdService } from './threshold.service.js';
import { type CheckpointThresholds, SetThresholdsInput, SetThresholdsResult } from './threshold.types.js';

@Resolver()
export class ThresholdResolver {
  constructor(private readonly service: ThresholdService) {}

  @Mutation(() => SetThresholdsResult, {
    description: 'Sets decision thresholds of a checkpoint: given ones, or those of greatest F1 on a split.',
  })
  setThresholds(@Args('input') input: SetThresholdsInput): Promise<CheckpointThresholds | UserError> {
    return expectErrors(() => this.service.set(input));
  }
}
