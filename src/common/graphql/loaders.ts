import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import DataLoader from 'dataloader';

/** Fetches many at once: the values in the order of the keys, or a map from key to value. */
export type BatchFunction<Key, Value> = (
  keys: readonly Key[],
) => Promise<readonly (Value | Error)[] | ReadonlyMap<Key, Value>>;

/** The DataLoaders of one GraphQL request: each turns the many single look-ups of a list's items into one query. */
export class DataLoaderRegistry {
  private readonly loaders = new Map<string, DataLoader<unknown, unknown>>();
  private readonly cache: boolean;

  /** @param options `cache`: whether a key is fetched once for each request; default true, false for subscriptions */
  constructor({ cache = true }: { readonly cache?: boolean } = {}) {
    this.cache = cache;
  }

  /**
   * The loader of that name, made at the first use in the request.
   * @param name unique for the pair of key and value types: `dataset.labels`
   * @param batch with a map, a key that it lacks loads as `undefined`
   */
  get<Key, Value>(name: string, batch: BatchFunction<Key, Value>): DataLoader<Key, Value> {
    const known = this.loaders.get(name);
    // The name stands for the types: one name is used with one batch function.
    if (known !== undefined) return known as DataLoader<Key, Value>;
    const loader = new DataLoader<Key, Value>(async (keys) => inOrder(keys, await batch(keys)), { cache: this.cache });
    this.loaders.set(name, loader);
    return loader;
  }
}

function inOrder<Key, Value>(
  keys: readonly Key[],
  values: readonly (Value | Error)[] | ReadonlyMap<Key, Value>,
): readonly (Value | Error)[] {
  if (!isMap(values)) return values;
  return keys.map((key) => values.get(key) as Value);
}

function isMap<Key, Value>(
  values: readonly (Value | Error)[] | ReadonlyMap<Key, Value>,
): values is ReadonlyMap<Key, Value> {
  return values instanceof Map;
}

/** What a resolver's context holds; one per request, or per operation on a WebSocket. */
export interface GraphqlContext {
  readonly loaders: DataLoaderRegistry;
  /** Id of the request in the log and in the answer's `x-request-id`. */
  readonly requestId: string;
  /** Aborted when the client leaves before it has its answer: when its connection closes. */
  readonly signal?: AbortSignal;
}

/** The request's `DataLoaderRegistry` as a resolver argument: `labels(@Parent() dataset, @Loaders() loaders: DataLoaderRegistry)`. */
export const Loaders = createParamDecorator((_data: unknown, context: ExecutionContext): DataLoaderRegistry => {
  return GqlExecutionContext.create(context).getContext<GraphqlContext>().loaders;
});

/** The signal of the request, aborted when its client leaves, as a resolver argument. */
export const ClientSignal = createParamDecorator(
  (_data: unknown, context: ExecutionContext): AbortSignal | undefined => {
    return GqlExecutionContext.create(context).getContext<GraphqlContext>().signal;
  },
);
