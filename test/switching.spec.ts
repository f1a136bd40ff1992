import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { zipCheckpoint } from '../src/common/torch-file/testing/container-writer.js';
import { dictionary, tensor, text } from '../src/common/torch-file/testing/pickle-writer.js';
import { EXIT_CODES } from '../src/cli/exit-codes.js';
import { ConfigurationService, loadConfiguration } from '../src/config/index.js';
import { parseDefinition } from '../src/pipeline/parse-definition.js';
import { PipelineAssembler } from '../src/pipeline/pipeline-assembler.js';
import { WeightFolder } from '../src/pipeline/weight-folder.js';
import { BackboneRecognizer } from '../src/pipeline/weights/backbone-recognizer.js';
import { builtInPlugin, registryOf } from './support/component-registry.js';
import { ROOT } from './support/guide.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { jpegOf } from './support/picture-folder.js';
import { type Q2lResult, runQ2l } from './support/run-q2l.js';
import { TINY_PIPELINE, TINY_RECIPE } from './support/scene-folder.js';

/** Every option of the official `main_mlc.py`. */
const OFFICIAL_OPTIONS =
  'dataname dataset_dir img_size output num_class pretrained optim eps dtgfl gamma_pos gamma_neg loss_dev workers epochs val_interval ' +
  'start-epoch batch-size learning-rate weight-decay print-freq resume resume_omit evaluate ema-decay ema-epoch world-size rank ' +
  'dist-url seed local_rank cutout n_holes length cut_fact orid_norm enc_layers dec_layers dim_feedforward hidden_dim dropout nheads ' +
  'pre_norm position_embedding backbone keep_other_self_attn_dec keep_first_self_attn_dec keep_input_proj amp early-stop kill-stop';
const CATEGORIES = ['person', 'bicycle', 'car'];

/** Pictures of one colour each, with the labels that follow from their number. */
const numbers = (first: number, count: number): number[] => Array.from({ length: count }, (_, index) => first + index);
const colourOf = (number: number): string => `rgb(${(number * 37) % 256}, ${(number * 91) % 256}, ${number % 256})`;

function instances(images: readonly number[], fileOf: (number: number) => string): string {
  return JSON.stringify({
    images: images.map((id) => ({ id, file_name: fileOf(id) })),
    annotations: images.map((id) => ({ id, image_id: id, category_id: 1 + (id % 3), iscrowd: 0 })),
    categories: CATEGORIES.map((name, index) => ({ id: index + 1, name })),
  });
}

/** `docs/datasets.md` and what follows on it, done with a small replica of each data set. */
describe('who comes from the official code', () => {
  let own: OwnServer;
  let folder: string;
  let reader: string;

  const write = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  const picture = async (path: string, number: number): Promise<void> =>
    write(`photos/${path}`, await jpegOf(colourOf(number)));

  async function writeCoco(): Promise<void> {
    const parts = { train: numbers(1, 12), val: numbers(21, 6) };
    for (const [part, images] of Object.entries(parts)) {
      const fileOf = (number: number) => `COCO_${part}2014_${String(number).padStart(12, '0')}.jpg`;
      await write(`photos/COCO14/annotations/instances_${part}2014.json`, instances(images, fileOf));
      for (const number of images) await picture(`COCO14/${part}2014/${fileOf(number)}`, number);
    }
  }

  async function writeOthers(): Promise<void> {
    const object = (name: string) => `<object><name>${name}</name><difficult>0</difficult></object>`;
    for (const [number, list] of [
      [5, 'trainval'],
      [1, 'test'],
    ] as const) {
      // prettier-ignore
      const id = String(number).padStart(6, '0');
      await write(`photos/VOCdevkit/VOC2007/ImageSets/Main/${list}.txt`, `${id}\n`);
      await write(`photos/VOCdevkit/VOC2007/Annotations/${id}.xml`, `<annotation>${object('dog')}</annotation>`);
      await picture(`VOCdevkit/VOC2007/JPEGImages/${id}.jpg`, 40 + number);
    }
    await write('photos/nus/ConceptsList/Concepts81.txt', 'airport\nanimal\n');
    for (const [part, number] of [
      ['Train', 51],
      ['Test', 52],
    ] as const) {
      // prettier-ignore
      await write(`photos/nus/ImageList/${part}Imagelist.txt`, `zoo\\${number}.jpg\r\n`);
      await write(`photos/nus/Groundtruth/TrainTestLabels/Labels_airport_${part}.txt`, '0\r\n');
      await write(`photos/nus/Groundtruth/TrainTestLabels/Labels_animal_${part}.txt`, '1\r\n');
      await picture(`nus/Flickr/zoo/${number}.jpg`, number);
    }
    await write('photos/vg/train_list_500.txt', '61.jpg\n');
    await write('photos/vg/test_list_500.txt', '62.jpg\n');
    await write('photos/vg/vg_category_500_labels_index.json', '{"61.jpg": [2, 0], "62.jpg": [499]}');
    await picture('vg/VG_100K/61.jpg', 61);
    await picture('vg/VG_100K_2/62.jpg', 62);
  }

  /** A checkpoint of the tiny pipeline, as PyTorch would have written it. */
  async function writeCheckpoint(): Promise<void> {
    const registry = await registryOf(...['resnet', 'query2label', 'binary-cross-entropy'].map(builtInPlugin));
    const weights = new WeightFolder(new ConfigurationService(loadConfiguration({ environment: {} })));
    const assembler = new PipelineAssembler(registry, weights, new BackboneRecognizer(registry, weights));
    const pipeline = await assembler.assemble(parseDefinition(TINY_PIPELINE), CATEGORIES.length);
    const values = Object.entries((await pipeline.initialValues(3)).values);
    const tensors = values.map(([name, { shape, data }], key) => {
      const stride = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1));
      const pieces = tensor({ key: String(key), stored: data.length, shape: [...shape], stride });
      return [text(`module.${name}`), pieces] as const;
    });
    const storages = values.map(
      ([, { data }], key) => [String(key), new Uint8Array(Float32Array.from(data).buffer)] as const,
    );
    const content = dictionary([text('state_dict'), dictionary(...tensors)]);
    await write('reader/checkpoint.pkl', zipCheckpoint(content, Object.fromEntries(storages)));
  }

  beforeAll(async () => {
    own = await startOwnServer({ Q2L_IMPORT_FOLDERS: 'photos=photos,coco14=photos/COCO14' }, async (place) => {
      folder = place;
      reader = join(folder, 'reader');
      await Promise.all([writeCoco(), writeOthers(), writeCheckpoint()]);
      await write('reader/pipeline.yaml', stringify(TINY_PIPELINE));
      await write('reader/recipe.yaml', stringify({ ...TINY_RECIPE, epochs: 1, batchSize: 4, augmentations: [] }));
      await copyFile(join(folder, 'photos/nus/Flickr/zoo/51.jpg'), join(reader, 'photo.jpg'));
    });
  }, 120_000);
  afterAll(() => own.remove(), 60_000);

  /** Runs a command as a document writes it, with what stands for something of the reader's own. */
  async function run(command: string, meant: Readonly<Record<string, string>> = {}): Promise<Q2lResult> {
    const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? meant[plain] ?? plain);
    return runQ2l(words.slice(words.indexOf('q2l') + 1), {
      folder: reader,
      environment: { Q2L_SERVER: own.server.url },
    });
  }

  async function done(command: string, meant: Readonly<Record<string, string>> = {}): Promise<string> {
    const result = await run(command, meant);
    expect({ command, ...result }).toMatchObject({ exitCode: EXIT_CODES.success });
    return result.output;
  }

  /** The commands of a document, in their order: lines of its blocks, and what stands between backquotes. */
  async function commandsOf(document: string): Promise<readonly string[]> {
    const content = await readFile(join(ROOT, document), 'utf8');
    const found = [...content.matchAll(/^npx (q2l .*?)(?: +#.*)?$|`(q2l [^`]+)`/gm)];
    return found.map(([, line, inline]) => line ?? inline);
  }

  /** Takes a command out of those of a document; what is not taken has no test. */
  function take(commands: string[], pattern: RegExp): string {
    const index = commands.findIndex((command) => pattern.test(command));
    expect({ pattern, commands, found: index >= 0 }).toMatchObject({ found: true });
    return commands.splice(index, 1)[0];
  }

  const idOf = (output: string): string => /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(output)?.[0] ?? '';

  it('imports each data set by the commands of docs/datasets.md', async () => {
    const commands = [...(await commandsOf('docs/datasets.md'))];
    expect(await done(take(commands, /import coco/))).toMatch(/images +train 12, validation 6/);
    expect(await done(take(commands, /show coco/))).toMatch(/files missing +0/);
    expect(await done(take(commands, /plugins list/))).toMatch(/visual-genome-500/);
    expect(commands).toEqual([]);
    for (const [importer, path] of [
      ['voc', '.'],
      ['nus-wide', 'nus'],
      ['visual-genome-500', 'vg'],
    ]) {
      // prettier-ignore
      const output = await done(`q2l datasets import ${importer} photos --path ${path} --importer ${importer}`);
      expect(output).toMatch(/images +test 1, train 1/);
      expect(await done(`q2l datasets show ${importer}`)).toMatch(/files unreadable +0/);
    }
  }, 60_000);

  it('imports, predicts and exports by the commands of docs/checkpoints.md and docs/onnx-export.md', async () => {
    const commands = [...(await commandsOf('docs/checkpoints.md')), ...(await commandsOf('docs/onnx-export.md'))];
    expect(await done(take(commands, /pipelines create mine/))).toMatch(/Pipeline mine, version 1/);
    // The file of this test is for a smaller network than the published one.
    await done('q2l pipelines create mine pipeline.yaml');
    const imported = await done(take(commands, /checkpoints import/));
    expect(imported).toMatch(/checkpoint\.pkl \(.*, state_dict\): \d+ parameters read/);
    const checkpoint = idOf(imported);
    expect(await done(take(commands, /predict/), { CHECKPOINT: checkpoint })).toMatch(/bicycle +0\.\d+/);
    await done(take(commands, /export CHECKPOINT/), { CHECKPOINT: checkpoint });
    await done('q2l checkpoints import parameters.safetensors --pipeline mine');
    await done(`q2l checkpoints promote ${checkpoint} production`);
    await done(take(commands, /--onnx/));
    expect((await readFile(join(reader, 'production.onnx'))).length).toBeGreaterThan(100_000);
    // These measure, which takes longer: test/command/checkpoints.spec.ts.
    expect(commands.filter((command) => !/quantize|precision/.test(command))).toEqual([]);
  }, 120_000);

  it('finds every official option in docs/from-the-official-code.md, and its commands work', async () => {
    const document = await readFile(join(ROOT, 'docs/from-the-official-code.md'), 'utf8');
    const missing = OFFICIAL_OPTIONS.split(' ').filter((option) => !new RegExp(`--${option}\\b`).test(document));
    expect(missing).toEqual([]);

    const commands = [...(await commandsOf('docs/from-the-official-code.md'))];
    const meant = { NAME: 'there', FOLDER: 'coco14', FILE: 'exported.safetensors' };
    await done(take(commands, /pipelines create NAME/), meant);
    expect(await done(take(commands, /pipelines presets/), meant)).toMatch(/learningRate/);
    await done('q2l datasets delete coco');
    expect(await done(take(commands, /datasets import/), meant)).toMatch(/images +train 12, validation 6/);
    await done('q2l pipelines create there pipeline.yaml');
    const checkpoint = idOf(await done(take(commands, /checkpoints import checkpoint/), meant));
    const asked = { ...meant, CHECKPOINT: checkpoint };
    expect(await done(take(commands, /evaluate CHECKPOINT/), asked)).toMatch(/voc-all-point +0\.\d+/);
    await done(take(commands, /checkpoints export/), asked);
    const trained = idOf(await done(take(commands, /^q2l train/), meant));
    expect(await done(take(commands, /runs watch/), { RUN: trained })).toMatch(/succeeded/i);
    // It is over: there is nothing to resume, which is a refusal and no usage error.
    expect(await run(take(commands, /runs resume/), { RUN: trained })).toMatchObject({ exitCode: EXIT_CODES.refused });
    expect(commands).toEqual(['q2l evaluate', 'q2l checkpoints import', 'q2l evaluate']);
  }, 180_000);
});
