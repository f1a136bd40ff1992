import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryFolder, type TemporaryFolder } from '../../test/support/temporary-folder.js';
import { parseDefinition } from '../pipeline/parse-definition.js';
import { parseRecipe } from '../training/recipe.js';
import { cocoImporter, findCocoLayout } from './coco-folder.js';
import { chooseOwnPlan } from './own-plan.js';

describe('what the demo chooses for pictures of somebody’s own', () => {
  let folder: TemporaryFolder;

  beforeAll(async () => {
    folder = await temporaryFolder();
    await mkdir(join(folder.path, 'weights', 'mobilenet'), { recursive: true });
    await writeFile(join(folder.path, 'weights', 'mobilenet', 'model.json'), '{}');
    await writeFile(join(folder.path, 'weights', 'README.md'), '');
    await mkdir(join(folder.path, 'empty'));
  });

  afterAll(() => folder.remove());

  it('is the pretrained model of the weights folder, else a small network from random weights', async () => {
    const pretrained = await chooseOwnPlan(join(folder.path, 'weights'));
    expect(pretrained.pipeline).toMatchObject({ backbone: { name: 'tfjs-model', options: { model: 'mobilenet' } } });
    const scratch = await chooseOwnPlan(undefined);
    expect(scratch.pipeline).toMatchObject({ backbone: { name: 'resnet' } });
    expect(scratch.words).toContain('--weights');
    for (const { pipeline } of [pretrained, scratch]) expect(() => parseDefinition(pipeline)).not.toThrow();
  });

  it('refuses a weights folder without a model, and tells what it holds', async () => {
    await expect(chooseOwnPlan(join(folder.path, 'empty'))).rejects.toThrow(/no TensorFlow\.js layers model.*nothing/);
    await expect(chooseOwnPlan(join(folder.path, 'gone'))).rejects.toThrow(/gone cannot be read/);
  });

  it.each([
    [10, 100, 1],
    [1000, 34, 16],
    [100_000, 3, 16],
  ])('trains on %p pictures for %p epochs in batches of %p', async (pictures, epochs, batchSize) => {
    const { recipe } = await chooseOwnPlan(undefined);
    expect(parseRecipe(recipe(pictures))).toMatchObject({ epochs, batchSize });
    expect(recipe(pictures, 2)).toMatchObject({ epochs: 2 });
  });

  it('reads COCO 2017 as it is published, and names what a folder lacks', async () => {
    const coco = join(folder.path, 'coco');
    for (const part of ['annotations', 'train2017', 'val2017']) await mkdir(join(coco, part), { recursive: true });
    await writeFile(join(coco, 'annotations/instances_train2017.json'), '{}');
    await expect(findCocoLayout(coco)).rejects.toThrow(/lacks annotations\/instances_val2017\.json\./);
    await writeFile(join(coco, 'annotations/instances_val2017.json'), '{}');
    expect(cocoImporter(await findCocoLayout(coco)).options.splits[0]).toEqual({
      split: 'train',
      annotations: 'annotations/instances_train2017.json',
      images: 'train2017',
    });
  });
});
