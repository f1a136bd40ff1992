import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { expectErrors, type UserError } from '../../common/graphql/index.js';
import { CheckpointImporter } from './checkpoint-importer.js';
import { ImportCheckpointInput, ImportCheckpointResult, type ImportedCheckpoint } from './import.types.js';

@Resolver()
export class ImportResolver {
  constructor(private readonly importer: CheckpointImporter) {}

  @Mutation(() => ImportCheckpointResult, {
    description:
      'Makes a checkpoint out of a file of parameters: official Query2Label checkpoints, state dicts, safetensors. Nothing of a ' +
      'file is executed.',
  })
  importCheckpoint(@Args('input') input: ImportCheckpointInput): Promise<ImportedCheckpoint | UserError> {
    return expectErrors(() => this.importer.import(input));
  }
}
