import { Args, Mutation, Resolver, Subscription } from '@nestjs/graphql';
import { Checkpoint } from '../../checkpoint/checkpoint.entity.js';
import { ClientSignal, expectErrors, type UserError } from '../../common/graphql/index.js';
import { QuantizationProgress } from './quantization-progress.js';
import { QuantizationService } from './quantization.service.js';
import {
  QuantizeCheckpointInput,
  QuantizeCheckpointResult,
  SetPrecisionInput,
  SetPrecisionResult,
} from './quantization.types.js';

@Resolver()
export class QuantizationResolver {
  constructor(private readonly service: QuantizationService) {}

  @Mutation(() => QuantizeCheckpointResult, {
    description:
      'Finds how a checkpoint computes in 8 bits, measures what that costs, and lets it predict so from then on; refused if it costs too much. Answers when it is done; given up when the client leaves.',
  })
  quantizeCheckpoint(
    @Args('input') input: QuantizeCheckpointInput,
    @ClientSignal() signal: AbortSignal | undefined,
  ): Promise<Checkpoint | UserError> {
    return expectErrors(() => this.service.quantize(input, signal));
  }

  @Mutation(() => SetPrecisionResult, { description: 'Lets a checkpoint predict in float32, or in 8 bits again.' })
  setPrecision(@Args('input') { checkpoint, precision }: SetPrecisionInput): Promise<Checkpoint | UserError> {
    return expectErrors(() => this.service.setPrecision(checkpoint, precision));
  }

  @Subscription(() => QuantizationProgress, {
    description: 'How far the quantization of a checkpoint is; ends when it ends.',
    resolve: (progress: QuantizationProgress) => progress,
  })
  quantizationProgress(
    @Args('checkpoint', { description: 'Id or alias.' }) checkpoint: string,
  ): AsyncGenerator<QuantizationProgress> {
    return this.service.follow(checkpoint);
  }
}
