import { InvalidInputError } from '../common/errors/index.js';
import { type PipelineDefinition, pipelineDefinitionSchema } from './pipeline-definition.js';

/**
 * Reads a definition, defaults filled in.
 * @throws InvalidInputError naming each place that is not valid
 */
export function parseDefinition(input: unknown): PipelineDefinition {
  const result = pipelineDefinitionSchema.safeParse(input);
  if (result.success) return result.data;
  throw InvalidInputError.fromZod('pipeline definition', result.error);
}
