import type { Type } from '@nestjs/common';
import { createUnionType } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import { UserError } from './user-error.js';

type ObjectClass = Type<object>;

/**
 * The result of a mutation: its success types, then the errors that it can answer.
 *
 * `resultUnion('CreatePipelineResult', [Pipeline, InvalidInput, Conflict])`. With more than one success type the
 * resolver must return instances of their classes; with one, any object of its shape.
 */
export function resultUnion(name: string, types: readonly ObjectClass[], description?: string): object {
  const successTypes = types.filter((type) => !isErrorType(type));
  return createUnionType<readonly ObjectClass[]>({
    name,
    description:
      description ?? `What ${name.replace(/Result$/, '')} answers: the result, or an error that the caller can mend.`,
    types: () => types,
    resolveType: (value: object) => {
      if (value instanceof UserError && !types.some((type) => value instanceof type)) throw asGraphqlError(value);
      const member = types.find((type) => value instanceof type);
      if (member !== undefined) return member;
      if (successTypes.length === 1) return successTypes[0];
      throw new Error(`${name}: cannot tell which of ${types.map((type) => type.name).join(', ')} the value is.`);
    },
  });
}

function isErrorType(type: ObjectClass): boolean {
  return type.prototype instanceof UserError;
}

/** An expected error that the union does not list is still an expected one: shown, not masked. */
function asGraphqlError(error: UserError): GraphQLError {
  return new GraphQLError(error.message, { extensions: { code: error.code, help: error.help, expected: true } });
}
