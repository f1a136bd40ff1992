import { parseInput } from '../common/parse-input.js';
import { type PipelineDefinition, pipelineDefinitionSchema } from './pipeline-definition.js';

/**
 * Reads a definition, defaults filled in.
 * @throws InvalidInputError naming each place that is not valid
 */
export function parseDefinition(input: unknown): PipelineDefinition {
  return parseInput(pipelineDefinitionSchema, input, 'pipeline definition');
}
