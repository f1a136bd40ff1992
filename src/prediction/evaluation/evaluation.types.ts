import { Field, Float, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Checkpoint } from '../../checkpoint/checkpoint.entity.js';
import { JSONObject, resultUnion } from '../../common/graphql/index.js';
import { CheckpointOnDatasetInput, SPLIT_ERRORS } from '../computed-on-split.js';
import { UnreadablePolicy } from '../unreadable-policy.js';

@InputType({ description: 'A metric component with its options.' })
export class MetricInputReference {
  @Field({ description: 'Name, as listed by components(kind: METRIC).' })
  name: string;

  @Field(() => JSONObject, { nullable: true, description: 'Options; those left out take their defaults.' })
  options?: Readonly<Record<string, unknown>> | null;
}

@InputType({ description: 'What to evaluate, and by which metrics.' })
export class EvaluateInput extends CheckpointOnDatasetInput {
  @Field({ defaultValue: 'validation', description: 'Split of the dataset.' })
  split: string;

  @Field(() => [MetricInputReference], { nullable: true, description: 'Metrics; default voc-all-point.' })
  metrics?: MetricInputReference[] | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Greatest number of points of the precision-recall curve of each label, 2 to 1000; default: no curves.',
  })
  curvePoints?: number | null;

  @Field(() => UnreadablePolicy, { defaultValue: UnreadablePolicy.FAIL, description: 'What to do about bad files.' })
  onUnreadable: UnreadablePolicy;
}

@ObjectType({ description: 'A metric over a split.' })
export class EvaluatedMetric {
  @Field({ description: 'Name of the protocol.' })
  readonly name: string;

  @Field(() => JSONObject, { description: 'Its options, defaults filled in.' })
  readonly options: Readonly<Record<string, unknown>>;

  @Field(() => Float, { nullable: true, description: 'Value; null where it is not defined.' })
  readonly value: number | null;

  @Field(() => JSONObject, { description: 'Further figures of the protocol by name.' })
  readonly figures: Readonly<Record<string, unknown>>;
}

@ObjectType({ description: 'A metric for one label.' })
export class LabelMetric {
  @Field({ description: 'Name of the protocol.' })
  readonly metric: string;

  @Field(() => Float, { nullable: true, description: 'Value; null for a label without positives.' })
  readonly value: number | null;
}

@ObjectType({
  description: 'Precision and recall of a label when scores that are not below the threshold are accepted.',
})
export class CurvePoint {
  @Field(() => Float, { description: 'Least score that is accepted.' })
  readonly threshold: number;

  @Field(() => Float, { description: 'Part of the accepted images that have the label.' })
  readonly precision: number;

  @Field(() => Float, { description: 'Part of the images with the label that are accepted.' })
  readonly recall: number;
}

@ObjectType({
  description:
    "Precision, recall and F1 of all decisions by the checkpoint's own thresholds: per class (means over all labels, 0/0 = 0) and overall.",
})
export class DecisionFigures {
  @Field(() => Float, { description: 'Precision per class.' })
  readonly CP: number;

  @Field(() => Float, { description: 'Recall per class.' })
  readonly CR: number;

  @Field(() => Float, { description: 'Harmonic mean of CP and CR.' })
  readonly CF1: number;

  @Field(() => Float, { description: 'Overall precision.' })
  readonly OP: number;

  @Field(() => Float, { description: 'Overall recall.' })
  readonly OR: number;

  @Field(() => Float, { description: 'Harmonic mean of OP and OR.' })
  readonly OF1: number;
}

@ObjectType({ description: 'How a checkpoint does on one label.' })
export class LabelEvaluation {
  @Field({ description: 'Name of the label.' })
  readonly label: string;

  @Field(() => [LabelMetric], { description: 'Metrics that have a value per label: the average precision, for one.' })
  readonly metrics: LabelMetric[];

  @Field(() => Int, { description: 'Images that have the label.' })
  readonly support: number;

  @Field(() => [CurvePoint], {
    nullable: true,
    description: 'Precision-recall curve, from the highest score on; empty without positives, null if not asked for.',
  })
  readonly curve: CurvePoint[] | null;

  @Field(() => Float, { description: 'Decision threshold of the counts.' })
  readonly threshold: number;

  @Field(() => Int, { description: 'Present and decided present.' })
  readonly truePositives: number;

  @Field(() => Int, { description: 'Absent and decided present.' })
  readonly falsePositives: number;

  @Field(() => Int, { description: 'Present and decided absent.' })
  readonly falseNegatives: number;

  @Field(() => Int, { description: 'Absent and decided absent.' })
  readonly trueNegatives: number;

  @Field(() => Int, { description: 'Images whose truth is not known; in no other count.' })
  readonly unknown: number;
}

@ObjectType({ description: 'How a checkpoint does on a split.' })
export class Evaluation {
  @Field(() => Checkpoint, { description: 'The checkpoint that was evaluated.' })
  readonly checkpoint: Checkpoint;

  @Field({ description: 'Id of the dataset.' })
  readonly dataset: string;

  @Field({ description: 'Split of the dataset.' })
  readonly split: string;

  @Field(() => String, { nullable: true, description: 'Why it computed in other numbers than it is to predict in.' })
  readonly notice: string | null;

  @Field(() => Int, { description: 'Images that were scored.' })
  readonly images: number;

  @Field(() => [String], { description: 'Files that could not be read and were left out.' })
  readonly skipped: string[];

  @Field(() => [EvaluatedMetric], { description: 'The metrics asked for.' })
  readonly metrics: EvaluatedMetric[];

  @Field(() => DecisionFigures, { description: "Of the decisions by the checkpoint's thresholds." })
  readonly decisions: DecisionFigures;

  @Field(() => [String], { description: 'Labels that no scored image has: they are in no mean of a metric.' })
  readonly labelsWithoutPositives: string[];

  @Field(() => [LabelEvaluation], { description: 'By label, in the order of the checkpoint.' })
  readonly labels: LabelEvaluation[];

  @Field(() => Float, { description: 'Time of the whole, in milliseconds.' })
  readonly milliseconds: number;
}

@ObjectType({ description: 'How far an evaluation is.' })
export class EvaluationProgress {
  @Field(() => Int, { description: 'Images done.' })
  readonly done: number;

  @Field(() => Int, { description: 'Images in the split.' })
  readonly total: number;

  @Field({ description: 'Whether it has ended; the last event.' })
  readonly finished: boolean;
}

export const EvaluateResult = resultUnion('EvaluateResult', [Evaluation, ...SPLIT_ERRORS]);
