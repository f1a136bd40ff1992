import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { InvalidInputError } from '../common/errors/index.js';
import { expectErrors, type UserError } from '../common/graphql/index.js';
import type { PredictOptions } from './present-answer.js';
import { PredictionService } from './prediction.service.js';
import type { AttentionView } from '../pipeline/attention-view.js';
import {
  type AttentionInput,
  AttentionMap,
  type PredictImageInput,
  PredictInput,
  type PredictionBatch,
  type PredictOptionsInput,
  PredictResult,
} from './prediction.types.js';
import { AttentionStore } from './serving/attention-store.js';
import type { RequestedImage } from './serving/image-sources.js';

@Resolver(() => AttentionMap)
export class PredictionResolver {
  constructor(
    private readonly service: PredictionService,
    private readonly pictures: AttentionStore,
  ) {}

  @Query(() => PredictResult, {
    description: 'Asks a checkpoint about pictures. A bad picture among several fails alone.',
  })
  predict(@Args('input') { checkpoint, images, options }: PredictInput): Promise<PredictionBatch | UserError> {
    return expectErrors(() =>
      this.service.predict({
        checkpoint,
        images: images.map(requestedImage),
        options: optionsOf(options ?? undefined),
      }),
    );
  }

  @ResolveField(() => String, {
    description: 'Path of a PNG on this server: the picture under the map. It can be fetched for some minutes.',
  })
  url(@Parent() { picture, labelIndex }: AttentionMap): string {
    return this.pictures.urlOf(picture, labelIndex);
  }
}

function requestedImage({ imageId, base64 }: PredictImageInput, index: number): RequestedImage {
  if (imageId !== undefined) return { imageId };
  if (base64 !== undefined) return { base64 };
  throw InvalidInputError.field(`images.${index}`, 'received neither; expected imageId or base64');
}

function optionsOf(input: PredictOptionsInput | undefined): PredictOptions {
  const { threshold, top, minimumScore = 0, attention } = input ?? {};
  return {
    ...(typeof threshold === 'number' && { threshold }),
    ...(typeof top === 'number' && { top }),
    minimumScore,
    ...(attention && {
      attention: { labels: attention.labels, view: viewOf(attention) },
    }),
  };
}

function viewOf({ layer, averageLayers, head }: AttentionInput): Partial<AttentionView> {
  if (averageLayers && typeof layer === 'number') {
    throw InvalidInputError.field(
      'options.attention.averageLayers',
      `received true with layer ${layer}; expected one of the two`,
    );
  }
  return {
    ...(averageLayers && { layer: 'mean' as const }),
    ...(typeof layer === 'number' && { layer }),
    ...(typeof head === 'number' && { head }),
  };
}
