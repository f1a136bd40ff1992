import { z } from 'zod';
import { InvalidInputError } from '../../common/errors/index.js';
import { parseInput } from '../../common/parse-input.js';
import type { WeightFile } from '../../common/weight-file/index.js';
import type { DatasetService } from '../../dataset/dataset.service.js';
import type { LoadedCheckpoint } from '../loaded-checkpoint.js';
import type { ImportRequest } from './import-request.js';

/** Labels of an imported checkpoint, in the order of the network's outputs. */
export interface ImportLabels {
  readonly labels: readonly string[];
  /** One for each label. */
  readonly thresholds: readonly number[];
}

const DEFAULT_THRESHOLD = 0.5;
const names = z.array(z.string().min(1).max(255)).min(1);
const unitValues = z.array(z.number().min(0).max(1));

/**
 * Labels as asked for: listed, those of a dataset, else those of the base checkpoint, else those that an exported file carries.
 * @returns undefined if nobody says
 * @throws InvalidInputError if they are named twice, or both a list and a dataset are given
 */
export async function importLabels(
  { labels, datasetId }: ImportRequest,
  file: WeightFile,
  base: LoadedCheckpoint | undefined,
  datasets: DatasetService,
): Promise<ImportLabels | undefined> {
  if (labels && datasetId)
    throw InvalidInputError.field('labels', 'given together with datasetId; expected one of the two');
  if (labels) return { labels: distinct(labels), thresholds: even(labels.length) };
  if (datasetId) {
    await datasets.get(datasetId);
    const found = (await datasets.labels(datasetId)).map(({ name }) => name);
    return { labels: found, thresholds: even(found.length) };
  }
  if (base !== undefined) return { labels: base.labels, thresholds: base.thresholds };
  const carried = names.safeParse(jsonOf(file.metadata.get('labels')));
  if (!carried.success) return undefined;
  const thresholds = unitValues.length(carried.data.length).safeParse(jsonOf(file.metadata.get('thresholds')));
  return { labels: distinct(carried.data), thresholds: thresholds.data ?? even(carried.data.length) };
}

const even = (count: number): number[] => new Array<number>(count).fill(DEFAULT_THRESHOLD);

function distinct(labels: readonly string[]): readonly string[] {
  parseInput(names, labels, 'labels', 'labels');
  const repeated = labels.find((label, index) => labels.indexOf(label) !== index);
  if (repeated === undefined) return labels;
  throw InvalidInputError.field('labels', `"${repeated}" is listed twice; expected each label once`);
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
