import { InvalidInputError } from '../../common/errors/index.js';
import type { ParameterMatch } from '../../pipeline/weights/match-parameters.js';

/** Published tables were computed in float32, ours in float64. */
const TOLERANCE = 1e-4;

/**
 * Compares buffers that the file holds and that are computed here (position tables) with the computed ones.
 * @returns a sentence for each
 * @throws InvalidInputError if one of the right shape has other values: the network would see other positions
 */
export async function checkComputedBuffers({ published }: ParameterMatch, file: string): Promise<string[]> {
  const notes: string[] = [];
  const equal: EqualTable[] = [];
  for (const { buffer, tensor } of published) {
    const [stored, computed] = [tensor.shape.join(', '), buffer.shape.join(', ')];
    if (stored !== computed) {
      notes.push(`${tensor.name} is [${stored}], of another image size; it is computed here as [${computed}].`);
      continue;
    }
    const difference = largestDifference(await tensor.read(), buffer.values());
    if (!(difference <= TOLERANCE)) {
      throw InvalidInputError.field(
        'file',
        `${file}: "${tensor.name}" differs from the computed table by up to ${difference}; expected at most ${TOLERANCE}`,
        'The network was trained with another position encoding than the pipeline has.',
      );
    }
    equal.push({ name: tensor.name, difference });
  }
  return [...equalNotes(equal), ...notes];
}

interface EqualTable {
  readonly name: string;
  readonly difference: number;
}

/** One sentence for all tables of the same last name: every block of a network may have its own. */
function equalNotes(tables: readonly EqualTable[]): string[] {
  const groups = new Map<string, EqualTable[]>();
  for (const table of tables) {
    const leaf = table.name.slice(table.name.lastIndexOf('.') + 1);
    groups.set(leaf, [...(groups.get(leaf) ?? []), table]);
  }
  return [...groups.values()].map((group) => {
    const others = group.length === 1 ? '' : ` and ${group.length - 1} more of that name`;
    const largest = Math.max(...group.map(({ difference }) => difference));
    return `${group[0].name}${others} equal${others === '' ? 's' : ''} the computed table within ${largest.toExponential(1)}.`;
  });
}

function largestDifference(stored: Float32Array, computed: Float32Array): number {
  return computed.reduce((largest, value, index) => {
    const difference = Math.abs(value - stored[index]);
    return difference <= largest ? largest : difference;
  }, 0);
}
