import type { ParameterDeclarations } from '../contracts/index.js';

/** The same collection, in which parameters that would be trainable are declared frozen: for stages that do not learn. */
export function frozenDeclarations(parameters: ParameterDeclarations): ParameterDeclarations {
  return {
    prefix: parameters.prefix,
    declare: (name, shape, initializer, role = 'trainable') =>
      parameters.declare(name, shape, initializer, role === 'trainable' ? 'frozen' : role),
    table: (name, shape, values) => parameters.table(name, shape, values),
    published: (name, shape, values, dtype) => parameters.published(name, shape, values, dtype),
    scope: (prefix) => frozenDeclarations(parameters.scope(prefix)),
  };
}
