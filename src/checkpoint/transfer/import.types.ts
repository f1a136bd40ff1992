import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Conflict, InvalidInput, NotFound, resultUnion } from '../../common/graphql/index.js';
import { Checkpoint } from '../checkpoint.entity.js';
import { DamagedCheckpoint } from '../damaged-checkpoint.js';

@InputType({ description: 'A file in a folder that the operator of the server allowed.' })
export class ImportFileInput {
  @Field({ description: 'Name of an import folder of the configuration of the server.' })
  folder: string;

  @Field({ description: 'Path of the file below it, with forward slashes.' })
  path: string;
}

@InputType({ description: 'A file of parameters, and the pipeline that it becomes a checkpoint of.' })
export class ImportCheckpointInput {
  @Field(() => ID, { description: 'Pipeline that the parameters belong to.' })
  pipelineId: string;

  @Field(() => ID, { nullable: true, description: 'Id that POST /checkpoints/uploads answered. Either this or file.' })
  uploadId?: string;

  @Field(() => ImportFileInput, { nullable: true, description: 'A file on the server. Either this or uploadId.' })
  file?: ImportFileInput;

  @Field({ nullable: true, description: 'Name of an uploaded file, for messages.' })
  name?: string;

  @Field(() => [String], {
    nullable: true,
    description: 'Names of the labels by index. At most one of this and datasetId.',
  })
  labels?: string[];

  @Field(() => ID, { nullable: true, description: 'Dataset whose labels are meant.' })
  datasetId?: string;

  @Field({
    nullable: true,
    description: 'Entry of a PyTorch file that holds the parameters; default state_dict, model, ...',
  })
  entry?: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Id or alias of a checkpoint that gives the parameters (and labels) that the file lacks.',
  })
  baseCheckpoint?: string;

  @Field({ defaultValue: false, description: 'Whether to leave out tensors that the pipeline has no place for.' })
  ignoreUnexpected: boolean;
}

@ObjectType({ description: 'A tensor that was left out by a rule.' })
export class IgnoredTensor {
  @Field({ description: 'Its name in the file.' })
  name: string;

  @Field({ description: 'Why.' })
  reason: string;
}

@ObjectType({ description: 'A table that was interpolated, because the file is for another image size.' })
export class ResizedTensor {
  @Field({ description: 'Name of the parameter.' })
  name: string;

  @Field(() => [Int], { description: 'Shape in the file.' })
  from: readonly number[];

  @Field(() => [Int], { description: 'Shape of the parameter.' })
  to: readonly number[];
}

@ObjectType({ description: 'What became of a file of parameters, name by name.' })
export class CheckpointImportReport {
  @Field({ description: 'Name of the file.' })
  file: string;

  @Field({ description: 'safetensors, PyTorch zip or PyTorch legacy.' })
  format: string;

  @Field({ description: 'Entry of the file that held the parameters; empty if the file is a state dict itself.' })
  entry: string;

  @Field({ description: 'What was put before the names in the file to find ours.' })
  prefix: string;

  @Field(() => [String], { description: 'Parameters that were read from the file.' })
  matched: readonly string[];

  @Field(() => [String], { description: 'Parameters that the file lacks and the base checkpoint gave.' })
  missing: readonly string[];

  @Field(() => [String], { description: 'Names in the file that have no place in the pipeline and were left out.' })
  unexpected: readonly string[];

  @Field(() => [IgnoredTensor], { description: 'Names in the file that are left out by a rule.' })
  ignored: readonly IgnoredTensor[];

  @Field(() => [ResizedTensor], { description: 'Tables that were interpolated to the image size of the pipeline.' })
  resized: readonly ResizedTensor[];

  @Field(() => [String], { description: 'What else is worth knowing, in sentences.' })
  notes: readonly string[];
}

@ObjectType({ description: 'A checkpoint that came from a file.' })
export class ImportedCheckpoint {
  @Field(() => Checkpoint, { description: 'It predicts like any other.' })
  checkpoint: Checkpoint;

  @Field(() => CheckpointImportReport, { description: 'What of the file went where.' })
  report: CheckpointImportReport;
}

export const ImportCheckpointResult = resultUnion('ImportCheckpointResult', [
  ImportedCheckpoint,
  InvalidInput,
  NotFound,
  Conflict,
  DamagedCheckpoint,
]);
