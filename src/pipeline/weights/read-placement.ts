import { InvalidInputError } from '../../common/errors/index.js';
import type { Placement } from './match-parameters.js';

/**
 * The values of a parameter out of a file.
 * @throws InvalidInputError if one is not a finite number: such a network answers nothing else
 */
export async function readPlacement({ spec, tensor, resize }: Placement, file: string): Promise<Float32Array> {
  const stored = await tensor.read();
  const values = resize === undefined ? stored : resize(stored);
  const place = values.findIndex((value) => !Number.isFinite(value));
  if (place === -1) return values;
  throw InvalidInputError.field(
    'file',
    `${file}: "${tensor.name}" (${tensor.elementType}) holds ${values[place]} at place ${place}; expected finite numbers for "${spec.name}"`,
    'The training that wrote it diverged, or its values do not fit into float32.',
  );
}
