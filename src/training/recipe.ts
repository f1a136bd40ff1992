import { z } from 'zod';
import { parseInput } from '../common/parse-input.js';

const component = (kind: string, name: string, about: string) =>
  z
    .strictObject({
      name: z.string().min(1).describe(`Name of the ${kind}`),
      options: z.record(z.string(), z.unknown()).default({}).describe(`Options of the ${kind}`),
    })
    .prefault({ name })
    .describe(about);

const components = (kind: string, names: readonly string[], about: string) =>
  z
    .array(
      z.strictObject({
        name: z.string().min(1).describe(`Name of the ${kind}`),
        options: z.record(z.string(), z.unknown()).default({}).describe(`Options of the ${kind}`),
      }),
    )
    .prefault(names.map((name) => ({ name })))
    .describe(about);

/** How to train: everything but what is trained and on what. The defaults are those of the paper where it names one. */
export const recipeSchema = z.strictObject({
  epochs: z.int().min(1).max(100_000).default(80).describe('Passes over the training split'),
  batchSize: z
    .int()
    .min(1)
    .max(4096)
    .default(32)
    .describe('Pictures in one step; a last batch that is not full is left out'),
  learningRate: z.number().positive().default(1e-4).describe('The peak, for schedules that rise and fall'),
  optimizer: component('optimizer', 'adamw', 'What turns gradients into updates'),
  schedule: component('schedule', 'one-cycle', 'Learning rate of each step'),
  augmentations: components('augmentation', ['cutout', 'rand-augment'], 'Applied to training pictures, in this order'),
  averageDecay: z
    .number()
    .gt(0)
    .lt(1)
    .nullable()
    .default(0.9997)
    .describe('Decay of the moving average of parameters and buffers; null for none'),
  precision: z
    .enum(['float32', 'mixed'])
    .default('float32')
    .describe('Numbers of the computation; mixed is refused where the engine has none'),
  gradientClipNorm: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe('Largest global norm of the gradients; null leaves them as they are'),
  freeze: z
    .array(z.string().min(1))
    .default([])
    .describe('Name prefixes of parameters that keep their values, beside those of the pipeline'),
  featureCache: z
    .strictObject({
      mode: z
        .enum(['auto', 'off'])
        .default('auto')
        .describe('off computes the backbone in every step, as for a backbone that learns'),
      views: z
        .int()
        .min(1)
        .max(10_000)
        .nullable()
        .default(null)
        .describe(
          'Augmented views of each training picture that are kept: epoch e sees view e modulo this. null keeps none, and features are cached where there are no augmentations only',
        ),
    })
    .prefault({})
    .describe(
      'Keeps the features of a frozen backbone on disk, so that it computes each picture once; used where no parameter or buffer of the backbone changes',
    ),
  seed: z
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .default(0)
    .describe('Of every random draw: initial values, order, augmentation, dropout'),
  earlyStopping: z
    .strictObject({ patience: z.int().min(1).default(8).describe('Epochs after the best one that are waited for') })
    .nullable()
    .prefault({})
    .describe(
      'Stop when neither raw nor averaged parameters have improved for longer than the patience; null trains all epochs',
    ),
  metrics: components(
    'metric',
    ['voc-all-point'],
    'Computed on the validation split; the first one decides what is best',
  ).refine((metrics) => metrics.length > 0, 'at least one metric: the first decides which parameters are best'),
  evaluateEvery: z
    .int()
    .min(1)
    .default(1)
    .describe('Epochs from one evaluation to the next; the last epoch is always evaluated'),
  splits: z
    .strictObject({
      train: z.string().min(1).default('train').describe('Split to learn from'),
      validation: z.string().min(1).default('validation').describe('Split to evaluate on'),
    })
    .prefault({}),
  onUnreadable: z.enum(['fail', 'skip']).default('fail').describe('What to do about a picture that cannot be read'),
  checkpointEverySteps: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Steps between checkpoints within an epoch; null for none'),
  checkpointEveryMinutes: z
    .number()
    .positive()
    .nullable()
    .default(10)
    .describe('Minutes between checkpoints within an epoch; null for none'),
  keepLast: z.int().min(1).max(100).default(2).describe('Newest LAST checkpoints that are kept'),
  keepBest: z.int().min(1).max(100).default(1).describe('BEST checkpoints that are kept, the best first'),
  keepEveryEpochs: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('LAST checkpoints at the end of each so many epochs are kept as well; null for none'),
  resumeByItself: z.boolean().default(true).describe('Whether a run whose worker died goes on by itself'),
  maximumTries: z.int().min(1).max(1000).default(5).describe('How often a run may be interrupted before it fails'),
  retryPauseSeconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(1)
    .describe('Pause after the first interruption; it doubles with each further one'),
  longestRetryPauseSeconds: z.number().min(0).max(86_400).default(300).describe('The pause grows no longer than this'),
  workerLabels: z
    .array(
      z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, 'expected lower-case letters, digits, dots, hyphens, underscores'),
    )
    .default([])
    .describe('What a worker must offer to train this run, for example gpu; see Q2L_TRAINING_LABELS'),
});

/** A complete recipe, defaults filled in. */
export type Recipe = z.output<typeof recipeSchema>;
/** A recipe as a person writes it. */
export type RecipeInput = z.input<typeof recipeSchema>;

/** @throws InvalidInputError naming each place that is not valid */
export function parseRecipe(input: unknown): Recipe {
  return parseInput(recipeSchema, input, 'recipe', 'recipe');
}
