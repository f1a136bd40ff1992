import { Field, Float, ObjectType } from '@nestjs/graphql';

/** A figure together with how it was measured. */
@ObjectType({ description: 'A figure together with how it was measured.' })
export class CheckpointMetric {
  @Field({ description: 'Protocol, for example voc-all-point.' })
  name: string;

  @Field({ description: 'Split that was evaluated.' })
  split: string;

  @Field(() => Float, { nullable: true, description: 'Null where the protocol does not define it.' })
  value: number | null;
}
