import { Field, ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { DamagedCheckpoint } from '../../checkpoint/damaged-checkpoint.js';
import { Conflict, NotFound, resultUnion } from '../../common/graphql/index.js';

export enum ExportFormat {
  ONNX = 'ONNX',
  SAFETENSORS = 'SAFETENSORS',
}

registerEnumType(ExportFormat, {
  name: 'ExportFormat',
  description: 'What a checkpoint can be exported as.',
  valuesMap: {
    ONNX: { description: 'A model that any ONNX runtime predicts with, batches of any size.' },
    SAFETENSORS: { description: 'The parameters under the names of the official PyTorch code.' },
  },
});

@ObjectType({ description: 'A checkpoint as a file for other programs, made when it is downloaded.' })
export class ExportedCheckpoint {
  @Field(() => ID, { description: 'Id of the checkpoint.' })
  checkpointId: string;

  @Field(() => ExportFormat, { description: 'What the file is.' })
  format: ExportFormat;

  @Field({ description: 'Path on this server from which to download the file.' })
  url: string;
}

export const ExportCheckpointResult = resultUnion('ExportCheckpointResult', [
  ExportedCheckpoint,
  NotFound,
  Conflict,
  DamagedCheckpoint,
]);
