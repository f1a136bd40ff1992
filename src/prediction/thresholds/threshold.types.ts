import { Field, Float, InputType, ObjectType } from '@nestjs/graphql';
import { Checkpoint } from '../../checkpoint/checkpoint.entity.js';
import { resultUnion } from '../../common/graphql/index.js';
import { SPLIT_ERRORS } from '../computed-on-split.js';
import { UnreadablePolicy } from '../unreadable-policy.js';

@InputType({ description: 'The decision threshold of a label.' })
export class LabelThresholdInput {
  @Field({ description: 'Name of the label.' })
  label: string;

  @Field(() => Float, { description: 'From 0 to 1: the label is present where its score is not below this.' })
  threshold: number;
}

@InputType({ description: 'Images with known truth.' })
export class ThresholdSplitInput {
  @Field({ description: 'Id of a dataset that has the labels of the checkpoint.' })
  dataset: string;

  @Field({ defaultValue: 'validation', description: 'Split of the dataset; never the one that is tested on.' })
  split: string;

  @Field(() => UnreadablePolicy, { defaultValue: UnreadablePolicy.FAIL, description: 'What to do about bad files.' })
  onUnreadable: UnreadablePolicy;
}

@InputType({ description: 'A precision or recall to be reached on images with known truth.' })
export class ThresholdTargetInput extends ThresholdSplitInput {
  @Field(() => Float, { description: 'What each label is to reach, above 0 up to 1.' })
  value: number;
}

@InputType({ description: 'Decision thresholds of a checkpoint: given, or found on a split; one of the four.' })
export class SetThresholdsInput {
  @Field({ description: 'Id of a checkpoint, or an alias.' })
  checkpoint: string;

  @Field(() => [LabelThresholdInput], { nullable: true, description: 'Thresholds; labels left out keep theirs.' })
  thresholds?: LabelThresholdInput[] | null;

  @Field(() => ThresholdSplitInput, {
    nullable: true,
    description:
      'For each label the threshold of greatest F1 on this split; labels without a positive there keep theirs.',
  })
  maximiseF1?: ThresholdSplitInput | null;

  @Field(() => ThresholdTargetInput, {
    nullable: true,
    description:
      'For each label the threshold of greatest recall that reaches this precision on the split; labels that cannot reach it keep theirs.',
  })
  reachPrecision?: ThresholdTargetInput | null;

  @Field(() => ThresholdTargetInput, {
    nullable: true,
    description:
      'For each label the highest threshold that reaches this recall on the split; labels without a positive there keep theirs.',
  })
  reachRecall?: ThresholdTargetInput | null;
}

@ObjectType({ description: 'The decision threshold of a label.' })
export class LabelThreshold {
  @Field({ description: 'Name of the label.' })
  readonly label: string;

  @Field(() => Float, { description: 'Threshold in force.' })
  readonly threshold: number;

  @Field(() => Float, { description: 'Threshold before.' })
  readonly previous: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'F1 on the split at the threshold; null where the threshold was given, or none was found and it stays as it was.',
  })
  readonly f1: number | null;

  @Field(() => Float, { nullable: true, description: 'Precision on the split at the threshold; null where F1 is.' })
  readonly precision: number | null;

  @Field(() => Float, { nullable: true, description: 'Recall on the split at the threshold; null where F1 is.' })
  readonly recall: number | null;
}

@ObjectType({ description: 'Decision thresholds that were set.' })
export class CheckpointThresholds {
  @Field(() => Checkpoint, { description: 'The checkpoint with its new thresholds.' })
  readonly checkpoint: Checkpoint;

  @Field(() => [LabelThreshold], { description: 'By label, in the order of the checkpoint.' })
  readonly labels: LabelThreshold[];
}

export const SetThresholdsResult = resultUnion('SetThresholdsResult', [CheckpointThresholds, ...SPLIT_ERRORS]);
