import type { ApolloServerPlugin } from '@apollo/server';
import { type OperationLimits, exceededLimits } from './operation-limits.js';

/** Refuses operations over HTTP that exceed the limits, before anything of them runs. */
export function operationLimitsPlugin(limits: OperationLimits): ApolloServerPlugin {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ schema, document, operation, request }) => {
          // Apollo refuses documents whose operation cannot be told, before this.
          if (operation === undefined) return Promise.resolve();
          const [error] = exceededLimits(schema, document, operation, request.variables ?? {}, limits);
          return error === undefined ? Promise.resolve() : Promise.reject(error);
        },
      }),
  };
}
