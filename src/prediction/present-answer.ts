import { type InvalidField, InvalidInputError } from '../common/errors/index.js';
import type { AttentionView } from '../pipeline/attention-view.js';
import type { ImageSource } from './jobs/image-source.js';
import type { AttentionMap, LabelScore, Prediction } from './prediction.types.js';
import type { AttentionPicture } from './serving/attention-store.js';
import type { ModelAnswer } from './serving/batch-execution.js';
import { isPresent } from './thresholds/count-decisions.js';

export interface PredictOptions {
  /** For all labels; default those of the checkpoint. */
  readonly threshold?: number;
  /** Most labels answered. */
  readonly top?: number;
  /** Least score answered. */
  readonly minimumScore: number;
  readonly attention?: {
    /** What differs from the usual view. */
    readonly view: Partial<AttentionView>;
    /** Most maps of an image. */
    readonly labels: number;
  };
}

const numberOf = (chosen: number | string | undefined): number | undefined =>
  typeof chosen === 'number' ? chosen : undefined;

/** @throws InvalidInputError naming every option out of its range */
export function checkOptions({ threshold, top, minimumScore, attention }: PredictOptions): void {
  const faults: InvalidField[] = [];
  const share = (name: string, value: number | undefined): void => {
    if (value === undefined || (value >= 0 && value <= 1)) return;
    faults.push({ path: `options.${name}`, message: `received ${value}; expected a number from 0 to 1` });
  };
  const whole = (name: string, value: number | undefined, least: number): void => {
    if (value === undefined || value >= least) return;
    faults.push({ path: `options.${name}`, message: `received ${value}; expected a whole number from ${least}` });
  };
  share('threshold', threshold);
  share('minimumScore', minimumScore);
  whole('top', top, 1);
  whole('attention.layer', numberOf(attention?.view.layer), 0);
  whole('attention.head', numberOf(attention?.view.head), 0);
  whole('attention.labels', attention?.labels, 1);
  if (faults.length === 0) return;
  throw new InvalidInputError(`The options are not valid: ${faults.map(({ path, message }) => `${path}: ${message}`).join('; ')}`, faults); // prettier-ignore
}

/** Scores to labels: sorted, decided, cut to what was asked for. */
export function presentAnswer(
  index: number,
  source: ImageSource,
  { answer, grid, queuedMilliseconds }: ModelAnswer,
  checkpoint: { readonly labels: readonly string[]; readonly thresholds: readonly number[] },
  options: PredictOptions,
): Prediction {
  if (!answer.ok) throw new Error('presentAnswer: expected an answer, received a failure');
  const picture = answer.attention === null ? null : { source, ...grid, values: answer.attention };
  const labels = checkpoint.labels
    .map((label, at): LabelScore => {
      const score = answer.probabilities[at];
      const threshold = options.threshold ?? checkpoint.thresholds[at];
      return { label, index: at, score, threshold, decision: isPresent(score, threshold), attention: null };
    })
    .sort((a, b) => b.score - a.score)
    .filter(({ score }) => score >= options.minimumScore)
    .slice(0, options.top)
    .map((entry, rank): LabelScore => {
      const wanted = picture !== null && rank < (options.attention?.labels ?? 0);
      return wanted ? { ...entry, attention: attentionOf(picture, entry.index, options) } : entry;
    });
  return {
    index,
    width: answer.width,
    height: answer.height,
    labels,
    timings: {
      decode: answer.decodeMilliseconds,
      queue: queuedMilliseconds,
      compute: answer.computeMilliseconds,
    },
  };
}

function attentionOf(picture: AttentionPicture, labelIndex: number, { attention }: PredictOptions): AttentionMap {
  const { rows, columns, values } = picture;
  const start = labelIndex * rows * columns;
  const byRow = Array.from({ length: rows }, (_, row) => [
    ...values.subarray(start + row * columns, start + (row + 1) * columns),
  ]);
  const { layer, head } = attention?.view ?? {};
  return {
    layer: numberOf(layer) ?? null,
    head: numberOf(head) ?? null,
    rows,
    columns,
    values: byRow,
    picture,
    labelIndex,
  };
}
