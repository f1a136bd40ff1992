import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { Conflict, Connection, InvalidInput, NotFound, resultUnion } from '../common/graphql/index.js';
import { CheckpointAlias } from './checkpoint-alias.entity.js';
import { Checkpoint } from './checkpoint.entity.js';

@ObjectType({ description: 'A page of checkpoints.' })
export class CheckpointConnection extends Connection(Checkpoint) {}

@InputType({ description: 'Which checkpoint an alias is to point at.' })
export class PromoteCheckpointInput {
  @Field(() => ID, { description: 'Id of the checkpoint.' })
  checkpointId: string;

  @Field({ description: 'Name to move, for example production.' })
  alias: string;
}

@ObjectType({ description: 'The checkpoint was deleted.' })
export class DeletedCheckpoint {
  @Field(() => ID, { description: 'Id that it had.' })
  id: string;
}

export const PromoteCheckpointResult = resultUnion('PromoteCheckpointResult', [
  CheckpointAlias,
  InvalidInput,
  NotFound,
  Conflict,
]);
export const DeleteCheckpointResult = resultUnion('DeleteCheckpointResult', [DeletedCheckpoint, NotFound, Conflict]);
