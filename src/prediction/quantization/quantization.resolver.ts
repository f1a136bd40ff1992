import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Checkpoint } from '../../checkpoint/checkpoint.entity.js';
import { expectErrors, type UserError } from '../../common/graphql/index.js';
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
      'Finds how a checkpoint computes in 8 bits, measures what that costs, and lets it predict so from then on; refused if it costs too much. Answers when it is done.',
  })
  quantizeCheckpoint(@Args('input') input: QuantizeCheckpointInput): Promise<Checkpoint | UserError> {
    return expectErrors(() => this.service.quantize(input));
  }

  @Mutation(() => SetPrecisionResult, { description: 'Lets a checkpoint predict in float32, or in 8 bits again.' })
  setPrecision(@Args('input') { checkpoint, precision }: SetPrecisionInput): Promise<Checkpoint | UserError> {
    return expectErrors(() => this.service.setPrecision(checkpoint, precision));
  }
}
