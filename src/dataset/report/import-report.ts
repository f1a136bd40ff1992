import { Field, Float, Int, ObjectType } from '@nestjs/graphql';

/** How many examples of each finding a report names; the counts are always of all. */
export const EXAMPLES = 20;

@ObjectType({ description: 'Files with something to be said about, with the first of them as examples.' })
export class FileFindings {
  @Field(() => Int, { description: 'Number of all such entries.' })
  count: number;

  @Field(() => [FileFinding], { description: `The first ${EXAMPLES} of them, in the order of the annotations.` })
  examples: FileFinding[];
}

@ObjectType({ description: 'A file that an import has something to say about.' })
export class FileFinding {
  @Field({ description: 'Path as the annotations name it.' })
  path: string;

  @Field({ description: 'Split in which it is listed.' })
  split: string;

  @Field({ description: 'What was found.' })
  reason: string;
}

@ObjectType({ description: 'Number of images that have so many labels.' })
export class LabelsPerImageCount {
  @Field(() => Int, { description: 'Number of labels that are present.' })
  labels: number;

  @Field(() => Int, { description: 'Number of images with that many.' })
  images: number;
}

@ObjectType({ description: 'What an import found in one split.' })
export class SplitReport {
  @Field({ description: 'Name of the split.' })
  name: string;

  @Field(() => Int, { description: 'Images that can be read.' })
  images: number;

  @Field(() => Float, { nullable: true, description: 'Mean number of labels present; null without images.' })
  meanLabelsPerImage: number | null;

  @Field(() => [LabelsPerImageCount], { description: 'How many images have how many labels, fewest labels first.' })
  labelsPerImage: LabelsPerImageCount[];

  @Field(() => [String], { description: 'Labels that no readable image of this split has: no AP is defined for them.' })
  labelsWithoutPositives: string[];
}

@ObjectType({
  description: 'Images with the same content in two splits: what is measured on one was seen in the other.',
})
export class SplitOverlap {
  @Field(() => [String], { description: 'Names of the two splits.' })
  splits: string[];

  @Field(() => Int, { description: 'Number of different contents that are in both.' })
  count: number;

  @Field(() => [String], { description: `Paths of the first ${EXAMPLES} of them in the first of the two splits.` })
  examples: string[];
}

@ObjectType({ description: 'What an import found.' })
export class ImportReport {
  @Field(() => Int, { description: 'Images that can be read, over all splits.' })
  images: number;

  @Field(() => Int, { description: 'Number of labels.' })
  labels: number;

  @Field(() => Float, { nullable: true, description: 'Mean number of labels present; null without images.' })
  meanLabelsPerImage: number | null;

  @Field(() => [LabelsPerImageCount], { description: 'How many images have how many labels, fewest labels first.' })
  labelsPerImage: LabelsPerImageCount[];

  @Field(() => [SplitReport], { description: 'The same by split, and which labels a split lacks.' })
  splits: SplitReport[];

  @Field(() => FileFindings, { description: 'Files that the annotations list but that do not exist.' })
  missing: FileFindings;

  @Field(() => FileFindings, { description: 'Files that are cut, corrupt, too large or of a format not accepted.' })
  unreadable: FileFindings;

  @Field(() => FileFindings, { description: 'Files listed more than once in a split; their labels were united.' })
  listedTwice: FileFindings;

  @Field(() => FileFindings, { description: 'Files whose content another file of the same split has too.' })
  sameContent: FileFindings;

  @Field(() => [SplitOverlap], { description: 'Pairs of splits that share contents.' })
  overlap: SplitOverlap[];

  @Field(() => Int, { description: 'Number of warnings.' })
  warningCount: number;

  @Field(() => [String], { description: `The first ${EXAMPLES} warnings of the importer.` })
  warnings: string[];
}
