import { ArgsType, Field, Int } from '@nestjs/graphql';

export const DEFAULT_PAGE_SIZE = 20;
export const MAXIMUM_PAGE_SIZE = 100;

/** Which page of a list: `first` with `after`, or `last` with `before`. Checked by `paginate`. */
@ArgsType()
export class ConnectionArguments {
  @Field(() => Int, {
    nullable: true,
    description: `Number of items from the start, 1 to ${MAXIMUM_PAGE_SIZE}; default ${DEFAULT_PAGE_SIZE}.`,
  })
  first?: number;

  @Field(() => String, { nullable: true, description: 'Items that follow this cursor.' })
  after?: string;

  @Field(() => Int, { nullable: true, description: `Number of items from the end, 1 to ${MAXIMUM_PAGE_SIZE}.` })
  last?: number;

  @Field(() => String, { nullable: true, description: 'Items that come before this cursor.' })
  before?: string;
}
