import { ArgsType, Field, Float, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import {
  Conflict,
  Connection,
  ConnectionArguments,
  InvalidInput,
  JSONObject,
  NotFound,
  resultUnion,
} from '../../common/graphql/index.js';
import { Dataset, Image, ImageState } from '../entities/index.js';
import type { ImportRequest } from '../import/import-request.js';

@ObjectType({ description: 'Page of datasets.' })
export class DatasetConnection extends Connection(Dataset) {}

@ObjectType({ description: 'Page of images.' })
export class ImageConnection extends Connection(Image) {}

@ObjectType({ description: 'A part of a dataset that is trained on, or measured on.' })
export class Split {
  datasetId: string;

  @Field({ description: 'Name, for example train or validation.' })
  name: string;

  @Field(() => Int, { description: 'Entries of the annotations, those without a readable file included.' })
  entryCount: number;

  @Field(() => Int, { description: 'Images that can be read.' })
  imageCount: number;
}

@InputType({ description: 'A component with its options.' })
export class ImporterReferenceInput {
  @Field({ description: 'Name of an importer; see components(kind: IMPORTER).' })
  name: string;

  @Field(() => JSONObject, {
    nullable: true,
    description: 'Its options, by its option schema; defaults where left out.',
  })
  options?: Readonly<Record<string, unknown>>;
}

@InputType({ description: 'A split and the share of the images that it is to have.' })
export class SplitShareInput {
  @Field({ description: 'Name, for example train.' })
  split: string;

  @Field(() => Float, { description: 'Share; shares are divided by their sum.' })
  part: number;
}

@InputType({
  description:
    'Splits to be made of annotations that know none, by iterative stratification: each has its share of the images and of every label.',
})
export class StratificationInput {
  @Field(() => [SplitShareInput], { description: 'At least two splits.' })
  parts: SplitShareInput[];

  @Field(() => Int, { defaultValue: 0, description: 'Of the draws; the same seed deals out the same way.' })
  seed: number;
}

@InputType({ description: 'What to import, from where, under which name.' })
export class ImportDatasetInput implements ImportRequest {
  @Field({ description: 'Unique name. The name of a dataset from the same source updates that dataset.' })
  name: string;

  @Field(() => ImporterReferenceInput, { description: 'What reads the annotations.' })
  importer: ImporterReferenceInput;

  @Field({ description: 'Name of an import folder of the configuration of the server.' })
  folder: string;

  @Field({ nullable: true, description: 'Folder below it; default the import folder itself.' })
  path?: string;

  @Field(() => StratificationInput, {
    nullable: true,
    description: 'Makes splits where the annotations give none; refused where they give several.',
  })
  stratify?: StratificationInput;

  @Field({
    defaultValue: true,
    description:
      'Whether to answer when the import has ended. Otherwise follow status and importProgress of the dataset.',
  })
  wait: boolean;
}

export const ImportDatasetResult = resultUnion('ImportDatasetResult', [Dataset, InvalidInput, NotFound, Conflict]);

@ObjectType({ description: 'A dataset that is no more.' })
export class DeletedDataset {
  @Field(() => ID, { description: 'Id that it had.' })
  id: string;
}

export const DeleteDatasetResult = resultUnion('DeleteDatasetResult', [DeletedDataset, NotFound, Conflict]);

@ArgsType()
export class ImagesArguments extends ConnectionArguments {
  @Field(() => ID, { description: 'Dataset to list.' })
  dataset: string;

  @Field(() => String, { nullable: true, description: 'Only this split.' })
  split?: string;

  @Field(() => String, { nullable: true, description: 'Only images on which this label is present.' })
  label?: string;

  @Field(() => ImageState, { nullable: true, description: 'Only images in this state; default READY.' })
  state?: ImageState;
}
