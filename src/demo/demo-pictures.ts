import { join, relative } from 'node:path';
import type { GraphqlClient } from '../client/graphql-client.js';
import { DATASET_IMAGES, type DatasetDetails } from '../client/operations/datasets.js';
import { showProgress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import { COCO_IMPORTER, cocoImporter, findCocoLayout } from './coco-folder.js';
import { DEMO_PIPELINE, DEMO_RECIPE, PICTURES } from './demo-settings.js';
import { chooseOwnPlan } from './own-plan.js';
import { renderPictureSet } from './scenes/picture-set.js';
import { sceneRandom } from './scene-random.js';

type Settings = Readonly<Record<string, unknown>>;

/** A picture to ask about after training. */
export interface Question {
  readonly path: string;
  readonly labels: readonly string[];
  /** What it is, in the words of the demo. */
  readonly words: string;
}

/** What the demo learns from, and how. */
export interface DemoPictures {
  readonly folder: string;
  readonly importer: Settings;
  /** What was chosen for them and why; nothing for the demo's own. */
  readonly words?: string;
  readonly pipeline: Settings;
  /** @param epochs instead of the demo's choice */
  readonly recipe: (dataset: DatasetDetails, epochs?: number) => Settings;
  readonly question: (client: GraphqlClient, dataset: DatasetDetails) => Promise<Question>;
}

/** How a path is shown: relative to the working folder if it lies there. */
export function shownPath(path: string): string {
  const short = relative('.', path);
  return short.startsWith('..') ? path : short || '.';
}

function fullest<Item extends { readonly labels: readonly unknown[] }>(items: readonly Item[]): Item | undefined {
  return items.toSorted((first, second) => second.labels.length - first.labels.length)[0];
}

/** Pictures of its own, with some in no split. */
export async function renderedPictures(folder: string, terminal: Terminal): Promise<DemoPictures> {
  const progress = showProgress(terminal, 'pictures');
  const options = { ...PICTURES, random: sceneRandom(PICTURES.seed) };
  const { unseen } = await renderPictureSet(folder, options, (done, total) => progress.update(done, total));
  progress.finish();
  const question = fullest(unseen);
  if (question === undefined) throw new Error('The picture set has no picture that is in no split.');
  return {
    folder,
    importer: COCO_IMPORTER,
    pipeline: DEMO_PIPELINE,
    recipe: (_dataset, epochs = DEMO_RECIPE.epochs) => ({ ...DEMO_RECIPE, epochs }),
    question: () => Promise.resolve({ ...question, words: 'in neither split' }),
  };
}

/** A COCO dataset of somebody's own. @throws if it is none, or the weights folder holds no model */
export async function ownPictures(folder: string, weightsFolder: string | undefined): Promise<DemoPictures> {
  const [layout, plan] = await Promise.all([findCocoLayout(folder), chooseOwnPlan(weightsFolder)]);
  return {
    folder,
    importer: cocoImporter(layout),
    words: plan.words,
    pipeline: plan.pipeline,
    recipe: ({ splits }, epochs) => {
      const pictures = splits.find(({ name }) => name === 'train')?.imageCount ?? 0;
      if (pictures === 0) throw new Error(`${folder} has no training pictures.`);
      return plan.recipe(pictures, epochs);
    },
    question: (client, dataset) => validationPicture(client, dataset, folder),
  };
}

/** Of the first pictures of the validation split, the one with the most labels. */
async function validationPicture(client: GraphqlClient, { id }: DatasetDetails, folder: string): Promise<Question> {
  const { images } = await client.request(DATASET_IMAGES, { dataset: id, split: 'validation', first: 20 });
  const picture = fullest(images.nodes);
  if (picture === undefined) throw new Error(`${folder} has no readable validation pictures.`);
  return {
    path: join(folder, picture.path),
    labels: picture.labels.map(({ name }) => name),
    words: 'a validation picture, not learned from',
  };
}
