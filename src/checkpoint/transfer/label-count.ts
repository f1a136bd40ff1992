import type { StoredTensor } from '../../common/weight-file/index.js';
import type { PipelineAssembler } from '../../pipeline/pipeline-assembler.js';
import type { PipelineDefinition } from '../../pipeline/pipeline-definition.js';
import { unwrappedName } from '../../pipeline/weights/tensor-names.js';

/** More labels than any option of a component counts up to, so that nothing else has as many. */
const MANY = 1_000_003;

/** How many labels a file is for, and the tensor that tells. */
export interface StatedLabelCount {
  readonly count: number;
  readonly tensor: StoredTensor;
}

/**
 * Reads the number of labels off the shapes of a file: of the parameters that grow by one when the pipeline gets one label
 * more, the first that the file has.
 */
export async function statedLabelCount(
  assembler: PipelineAssembler,
  definition: PipelineDefinition,
  tensors: readonly StoredTensor[],
): Promise<StatedLabelCount | undefined> {
  const [few, more] = [await assembler.assemble(definition, MANY), await assembler.assemble(definition, MANY + 1)];
  const stored = new Map(tensors.map((tensor) => [unwrappedName(tensor.name), tensor]));
  for (const { name, shape } of few.parameters) {
    const larger = more.parameters.find((spec) => spec.name === name)?.shape ?? shape;
    const axis = shape.findIndex((extent, index) => extent === MANY && larger[index] === MANY + 1);
    const names = [name, ...(few.target.decoder.alternativeNames?.(name) ?? [])];
    const tensor = names.map((known) => stored.get(known)).find((found) => found !== undefined);
    if (axis !== -1 && tensor?.shape.length === shape.length) return { count: tensor.shape[axis], tensor };
  }
  return undefined;
}
