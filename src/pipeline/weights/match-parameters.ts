import type { ParameterSpec, PublishedBuffer } from '@query2label/sdk';
import type { StoredTensor } from '../../common/weight-file/index.js';
import { BACKBONE_PREFIX, type ParameterTarget } from './parameter-target.js';
import { isClassifier, isCounter, isIndexMap, sharedPrefixes, unwrappedName } from './tensor-names.js';

/** A parameter and the tensor of the file that becomes its value. */
export interface Placement {
  readonly spec: ParameterSpec;
  readonly tensor: StoredTensor;
  /** Turns the stored values into those of the declared shape; left out where the shapes agree. */
  readonly resize?: (values: Float32Array) => Float32Array;
}

/** A name that both have, with shapes that do not fit. */
export interface ShapeConflict {
  readonly spec: ParameterSpec;
  readonly tensor: StoredTensor;
}

/** What of a file goes where. */
export interface ParameterMatch {
  /** What is put before the names of the file to find ours: `backbone.0.body.`. */
  readonly prefix: string;
  readonly placements: readonly Placement[];
  /** Full names of parameters that the file lacks; counters, which nobody reads, left out. */
  readonly missing: readonly string[];
  readonly conflicts: readonly ShapeConflict[];
  /** Names in the file that have no place here. */
  readonly unexpected: readonly string[];
  /** Names in the file that are left out by a rule. */
  readonly ignored: readonly { readonly name: string; readonly reason: string }[];
  /** Buffers of the file that are computed here, to be compared. */
  readonly published: readonly { readonly buffer: PublishedBuffer; readonly tensor: StoredTensor }[];
}

/**
 * Finds the place of each tensor of a file. Files come with official names (`backbone.0.body.conv1.weight`), those of the library
 * that a backbone is from (`conv1.weight`), or in between; wrappers' prefixes (`module.`) go first. Of all prefixes that parameters
 * share, the one with the most matches wins.
 * @param withoutClassifier whether a classifier in the file is left out by rule: where only a backbone is wanted
 */
export function matchParameters(
  target: ParameterTarget,
  tensors: readonly StoredTensor[],
  withoutClassifier: boolean,
): ParameterMatch {
  const places = placesOf(target);
  const ofDecoder = decoderPlaces(target);
  const { prefix, stripped } = bestRenaming(target, places, tensors);
  const fullName = (name: string): string => prefix + unwrappedName(name).slice(stripped.length);
  const published = new Map(target.publishedBuffers.map((buffer) => [buffer.name, buffer]));
  const match = { placements: [], conflicts: [], unexpected: [], ignored: [], published: [] } as Writable;
  const found = new Set<string>();
  for (const tensor of tensors) {
    const name = fullName(tensor.name);
    const candidates = places.get(name) ?? ofDecoder.get(unwrappedName(tensor.name));
    const free = candidates?.filter((candidate) => !found.has(candidate.name)) ?? [];
    const spec = free.find(({ shape }) => sameShape(shape, tensor.shape)) ?? free[0];
    const buffer = published.get(name);
    if (spec !== undefined) {
      found.add(spec.name);
      place(match, target, spec, tensor);
    } else if (buffer !== undefined && !isCounter(name)) {
      match.published.push({ buffer, tensor });
    } else {
      leaveOut(match, tensor.name, withoutClassifier);
    }
  }
  const missing = target.parameters.map(({ name }) => name).filter((name) => !found.has(name) && !isCounter(name));
  return { ...match, prefix, missing };
}

interface Writable {
  placements: Placement[];
  conflicts: ShapeConflict[];
  unexpected: string[];
  ignored: { name: string; reason: string }[];
  published: { buffer: PublishedBuffer; tensor: StoredTensor }[];
}

function place(match: Writable, { backbone }: ParameterTarget, spec: ParameterSpec, tensor: StoredTensor): void {
  if (sameShape(spec.shape, tensor.shape)) {
    match.placements.push({ spec, tensor });
    return;
  }
  const own = spec.name.startsWith(BACKBONE_PREFIX) ? spec.name.slice(BACKBONE_PREFIX.length) : undefined;
  const resize = own === undefined ? undefined : backbone.resizer?.(own, tensor.shape);
  if (resize === undefined) match.conflicts.push({ spec, tensor });
  else match.placements.push({ spec, tensor, resize });
}

function leaveOut(match: Writable, stored: string, withoutClassifier: boolean): void {
  const reason = leaveOutReason(unwrappedName(stored), withoutClassifier);
  if (reason === undefined) match.unexpected.push(stored);
  else match.ignored.push({ name: stored, reason });
}

function leaveOutReason(name: string, withoutClassifier: boolean): string | undefined {
  if (isCounter(name)) return 'a counter that nothing reads';
  if (isIndexMap(name)) return 'follows from the image size and is computed';
  if (withoutClassifier && isClassifier(name)) return 'the classifier of the network that the backbone is from';
  return undefined;
}

/** Parameters by all full names that they may have; that of the declared name first, and a better shape goes before it. */
function placesOf({ parameters, backbone }: ParameterTarget): Map<string, readonly ParameterSpec[]> {
  const places = new Map<string, readonly ParameterSpec[]>(parameters.map((spec) => [spec.name, [spec]]));
  const add = (name: string, spec: ParameterSpec): void => {
    places.set(name, [...(places.get(name) ?? []), spec]);
  };
  for (const spec of parameters) {
    if (!spec.name.startsWith(BACKBONE_PREFIX)) continue;
    const own = spec.name.slice(BACKBONE_PREFIX.length);
    for (const other of backbone.alternativeNames?.(own) ?? []) add(BACKBONE_PREFIX + other, spec);
  }
  return places;
}

/** Parameters of the decoder by other names, which are whole: files of other code name the decoder apart from the backbone. */
function decoderPlaces({ parameters, decoder }: ParameterTarget): Map<string, readonly ParameterSpec[]> {
  const specs = parameters.filter(({ name }) => !name.startsWith(BACKBONE_PREFIX));
  return new Map(specs.flatMap((spec) => (decoder.alternativeNames?.(spec.name) ?? []).map((name) => [name, [spec]])));
}

interface Renaming {
  /** Put before the names. */
  readonly prefix: string;
  /** Taken from before the names. */
  readonly stripped: string;
}

function bestRenaming(
  { parameters }: ParameterTarget,
  places: ReadonlyMap<string, readonly ParameterSpec[]>,
  tensors: readonly StoredTensor[],
): Renaming {
  const declared = parameters.map(({ name }) => name);
  const ofBackbone = declared.filter((name) => name.startsWith(BACKBONE_PREFIX));
  const prefixes = [...new Set(['', ...sharedPrefixes(declared), ...sharedPrefixes(ofBackbone)])];
  const names = tensors.map(({ name }) => unwrappedName(name));
  let best: Renaming & { readonly matches: number } = { prefix: '', stripped: '', matches: -1 };
  for (const stripped of sharedPrefixes(names).reverse()) {
    for (const prefix of prefixes) {
      const matches = names.filter((name) => places.has(prefix + name.slice(stripped.length))).length;
      if (matches > best.matches) best = { prefix, stripped, matches };
    }
  }
  return best;
}

const sameShape = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((extent, axis) => extent === other[axis]);
