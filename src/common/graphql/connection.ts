import type { Type } from '@nestjs/common';
import { Field, type FieldMiddleware, Int, ObjectType } from '@nestjs/graphql';

@ObjectType({ description: 'Where a page lies in its list.' })
export class PageInfo {
  @Field({ description: 'Whether more items follow this page.' })
  readonly hasNextPage: boolean;

  @Field({ description: 'Whether items come before this page.' })
  readonly hasPreviousPage: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first item; null if the page is empty.' })
  readonly startCursor: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last item; null if the page is empty.' })
  readonly endCursor: string | null;
}

/** An item of a page with the cursor that leads back to it. */
export interface Edge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

/** One page of a list; what `paginate` returns and every `XConnection` type shows. */
export interface Page<Node> {
  readonly edges: readonly Edge<Node>[];
  readonly nodes: readonly Node[];
  readonly pageInfo: PageInfo;
  /** Counts the whole list when called; GraphQL calls it only if the field is asked for. */
  readonly totalCount: () => Promise<number>;
}

/**
 * Base class of a Relay connection: `@ObjectType() class DatasetConnection extends Connection(Dataset) {}`.
 * @param name name of the node's GraphQL type; default the class name
 */
export function Connection<Node extends object>(nodeClass: Type<Node>, name = nodeClass.name): Type<Page<Node>> {
  @ObjectType(`${name}Edge`, { description: `One ${name} of a page with its cursor.` })
  class EdgeType implements Edge<Node> {
    @Field({ description: 'Opaque; hand it to after or before to continue from here.' })
    readonly cursor: string;

    @Field(() => nodeClass, { description: 'The item itself.' })
    readonly node: Node;
  }

  @ObjectType({ isAbstract: true })
  abstract class ConnectionType implements Page<Node> {
    @Field(() => [EdgeType], { description: 'The items of this page, each with its cursor.' })
    readonly edges: readonly Edge<Node>[];

    @Field(() => [nodeClass], { description: 'The items of this page without cursors.' })
    readonly nodes: readonly Node[];

    @Field(() => PageInfo, { description: 'Where this page lies in the list.' })
    readonly pageInfo: PageInfo;

    @Field(() => Int, {
      description: 'Number of items in the whole list; counted only when asked for.',
      middleware: [countWhenAsked],
    })
    readonly totalCount: () => Promise<number>;
  }
  return concrete(ConnectionType);
}

/** Nest hands out a field's value as it is; a function would not be called. */
const countWhenAsked: FieldMiddleware = async (_field, next) => {
  const count: unknown = await next();
  if (typeof count !== 'function') return count;
  const counted: unknown = Reflect.apply(count, undefined, []);
  return counted;
};

/** Nest's mixins hand out abstract classes as bases; nothing ever makes an instance of one. */
function concrete<Node>(base: abstract new () => Page<Node>): Type<Page<Node>> {
  return base as Type<Page<Node>>;
}
