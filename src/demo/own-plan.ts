import { readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEMO_PIPELINE, DEMO_RECIPE } from './demo-settings.js';

type Settings = Readonly<Record<string, unknown>>;

/** How the demo trains on pictures of somebody's own. */
export interface OwnPlan {
  /** What was chosen and why, for people. */
  readonly words: string;
  readonly pipeline: Settings;
  /** @param trainingPictures how many there are @param epochs instead of the number that takes some minutes */
  readonly recipe: (trainingPictures: number, epochs?: number) => Settings;
}

/** Pictures that two cores train on in about four minutes: from scratch at 64 pixels, and behind a frozen MobileNet at 224. */
const SCRATCH = { pictures: 33_600, batchSize: 16, fewestEpochs: 3, mostEpochs: 100 };
const PRETRAINED = { pictures: 8000, batchSize: 32, fewestEpochs: 2, mostEpochs: 30 };

/** An epoch has so many steps at least, as long as there are so many pictures. */
const FEWEST_STEPS = 8;
/** Of a run, at most. */
const EVALUATIONS = 7;

function fitted(limits: typeof SCRATCH, rest: Settings): OwnPlan['recipe'] {
  return (trainingPictures, wantedEpochs) => {
    const affordable = Math.round(limits.pictures / trainingPictures);
    const epochs = wantedEpochs ?? Math.min(limits.mostEpochs, Math.max(limits.fewestEpochs, affordable));
    const batchSize = Math.min(limits.batchSize, Math.max(1, Math.floor(trainingPictures / FEWEST_STEPS)));
    // Files that cannot be read are told after the import, by number and name.
    const onUnreadable = 'skip';
    return { ...rest, epochs, batchSize, onUnreadable, evaluateEvery: Math.ceil(epochs / EVALUATIONS) };
  };
}

const FROM_SCRATCH: OwnPlan = {
  words:
    'a small residual network from random weights, at 64 by 64 pixels. For photographs, pretrained weights do far better: ' +
    '--weights FOLDER, with a TensorFlow.js layers model in it',
  pipeline: DEMO_PIPELINE,
  recipe: fitted(SCRATCH, DEMO_RECIPE),
};

/** Names of the TensorFlow.js models in a folder of weights. @throws if there are none */
async function modelsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The weights folder ${folder} cannot be read: ${reason}`, { cause: error });
  });
  const models = entries.filter((entry) => existsSync(join(folder, entry, 'model.json'))).sort();
  if (models.length > 0) return models;
  throw new Error(
    `The weights folder ${folder} has no TensorFlow.js layers model: expected a subfolder with model.json and its shards, ` +
      `found ${entries.join(', ') || 'nothing'}. For other weights, start a server and define a pipeline: docs/graphql-guide.md.`,
  );
}

/** Behind a pretrained model that keeps its weights: only the decoder learns. */
function pretrained(model: string): OwnPlan {
  return {
    words: `the pretrained model ${model}, frozen, at 224 by 224 pixels, and a decoder that learns`,
    pipeline: {
      backbone: { name: 'tfjs-model', options: { model, trainable: false } },
      decoder: {
        name: 'query2label',
        options: {
          ...{ hiddenSize: 256, feedForwardSize: 512, heads: 4, encoderLayers: 1, decoderLayers: 2, dropout: 0.1 },
          inputProjection: true,
        },
      },
      loss: { name: 'asymmetric', options: { gammaNegative: 2, gammaPositive: 0, clip: 0 } },
      image: { size: 224 },
    },
    recipe: fitted(PRETRAINED, {
      learningRate: 3e-4,
      optimizer: { name: 'adamw', options: { weightDecay: 0.05 } },
      augmentations: [{ name: 'horizontal-flip' }],
      averageDecay: 0.98,
      gradientClipNorm: 10,
      earlyStopping: null,
    }),
  };
}

/**
 * Chooses a pipeline: the first pretrained model of the weights folder, or a small network from random weights without one.
 * @throws if the weights folder holds no model
 */
export async function chooseOwnPlan(weightsFolder: string | undefined): Promise<OwnPlan> {
  if (weightsFolder === undefined) return FROM_SCRATCH;
  const [model] = await modelsIn(weightsFolder);
  return pretrained(model);
}
