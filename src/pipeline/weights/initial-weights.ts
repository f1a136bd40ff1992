import { InvalidInputError } from '../../common/errors/index.js';
import { unreadable, type WeightFile } from '../../common/weight-file/index.js';
import type { WeightsReference } from '../pipeline-definition.js';
import { type ParameterMatch, matchParameters } from './match-parameters.js';
import { backbonePart, type ParameterTarget } from './parameter-target.js';
import { readPlacement } from './read-placement.js';

/** A table that was made for another image size. */
export interface ResizedTable {
  /** Full name of the parameter. */
  readonly name: string;
  /** Shape in the file. */
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** What became of a file of initial weights, name by name. */
export interface WeightsReport {
  readonly file: string;
  /** What was put before the names in the file to find ours: `backbone.0.body.`. */
  readonly prefix: string;
  /** Full names of the parameters that were read from the file. */
  readonly matched: readonly string[];
  /** Parameters of the backbone that the file lacks. */
  readonly missing: readonly string[];
  /** Names in the file that the backbone has no place for. */
  readonly unexpected: readonly string[];
  /** Names in the file that are left out by a rule: the classifier that the backbone was trained with, counters. */
  readonly ignored: readonly { readonly name: string; readonly reason: string }[];
  /** Those of `matched` that were interpolated from another image size. */
  readonly resized: readonly ResizedTable[];
}

export interface MatchedWeights {
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly report: WeightsReport;
}

/** Says which of the registered backbones a file is most likely of: one sentence, empty if none comes near. */
export type Recognize = (file: WeightFile) => Promise<string>;

/**
 * Reads the backbone's parameters from a file, tensor by tensor.
 * @throws InvalidInputError if shapes differ, nothing matches, or parameters are missing and `partial` was not asked for
 */
export async function readInitialWeights(
  target: ParameterTarget,
  file: WeightFile,
  { partial }: WeightsReference,
  recognize: Recognize,
): Promise<MatchedWeights> {
  const match = matchParameters(backbonePart(target), file.tensors, true);
  await checkMatch(match, file, partial, recognize);
  const values = new Map<string, Float32Array>();
  try {
    for (const placement of match.placements)
      values.set(placement.spec.name, await readPlacement(placement, file.name));
  } catch (error) {
    throw unreadable(error, file.name);
  }
  return { values, report: reportOf(match, file.name) };
}

export function resizedOf({ placements }: ParameterMatch): ResizedTable[] {
  return placements.flatMap(({ spec, tensor, resize }) =>
    resize === undefined ? [] : [{ name: spec.name, from: tensor.shape, to: spec.shape }],
  );
}

function reportOf(match: ParameterMatch, file: string): WeightsReport {
  const { prefix, placements, missing, unexpected, ignored } = match;
  const matched = placements.map(({ spec }) => spec.name);
  return { file, prefix, matched, missing, unexpected, ignored, resized: resizedOf(match) };
}

async function checkMatch(
  { placements, missing, conflicts, unexpected }: ParameterMatch,
  file: WeightFile,
  partial: boolean,
  recognize: Recognize,
): Promise<void> {
  if (conflicts.length === 0 && placements.length > 0 && (missing.length === 0 || partial)) return;
  const faults = [
    ...conflicts.slice(0, 4).map(describeConflict),
    ...(conflicts.length > 4 ? [`${conflicts.length - 4} more shapes differ`] : []),
    ...(missing.length > 0 ? [`it lacks ${listed(missing)}`] : []),
    ...(unexpected.length > 0 ? [`without a place in the backbone: ${listed(unexpected)}`] : []),
  ];
  const total = placements.length + missing.length + conflicts.length;
  throw InvalidInputError.field(
    'backbone.weights',
    `${file.name} holds ${placements.length} of the ${total} parameters of the backbone; ${faults.join('; ')}`,
    [
      await recognize(file),
      conflicts.length > 0 || placements.length === 0
        ? 'Choose the backbone and the options that the weights were made for.'
        : 'Set weights.partial to keep random values for what is missing.',
    ]
      .filter((text) => text !== '')
      .join(' '),
  );
}

/** `"conv1.weight" is float16 [8, 3], but "backbone.0.conv1.weight" is [4, 3]` */
export function describeConflict({ spec, tensor }: ParameterMatch['conflicts'][number]): string {
  const stored = `${tensor.elementType} [${tensor.shape.join(', ')}]`;
  return `"${tensor.name}" is ${stored}, but "${spec.name}" is [${spec.shape.join(', ')}]`;
}

/** The first few names, and how many more. */
export const listed = (names: readonly string[]): string =>
  names.slice(0, 8).join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '');
