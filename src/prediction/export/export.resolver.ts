import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import { CheckpointService } from '../../checkpoint/checkpoint.service.js';
import { expectErrors, type UserError } from '../../common/graphql/index.js';
import { ExportCheckpointResult, type ExportedCheckpoint, ExportFormat } from './export.types.js';

const FILES: Readonly<Record<ExportFormat, string>> = {
  [ExportFormat.ONNX]: 'model.onnx',
  [ExportFormat.SAFETENSORS]: 'parameters.safetensors',
};

@Resolver()
export class ExportResolver {
  constructor(private readonly checkpoints: CheckpointService) {}

  @Query(() => ExportCheckpointResult, { description: 'Where to download a checkpoint as a file for other programs.' })
  exportCheckpoint(
    @Args('checkpoint', { type: () => ID, description: 'Id or alias.' }) checkpoint: string,
    @Args('format', { type: () => ExportFormat, description: 'What the file is to be.' }) format: ExportFormat,
  ): Promise<ExportedCheckpoint | UserError> {
    return expectErrors(async () => {
      const { id } = await this.checkpoints.resolve(checkpoint);
      return { checkpointId: id, format, url: `/checkpoints/${id}/${FILES[format]}` };
    });
  }
}
