import { Field, ID, ObjectType } from '@nestjs/graphql';
import { registerUserError, UserError } from '../common/graphql/index.js';
import { DamagedCheckpointError } from './container/container-error.js';

@ObjectType({ implements: () => UserError, description: 'The files of the checkpoint are missing or damaged.' })
export class DamagedCheckpoint extends UserError {
  @Field(() => ID, { description: 'Id of the checkpoint.' })
  readonly checkpoint: string;

  @Field({ description: 'The file that is at fault.' })
  readonly file: string;

  constructor(error: DamagedCheckpointError) {
    super(error);
    this.checkpoint = error.checkpoint;
    this.file = error.file;
  }
}

registerUserError(DamagedCheckpointError, (error) => new DamagedCheckpoint(error));
