import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NamedValues, TensorValue } from '@query2label/engine';
import { builtInPlugin, registryOf, TINY_PLUGIN } from '../../../test/support/component-registry.js';
import { writeSafetensors } from '../../common/safetensors/index.js';
import { zipCheckpoint } from '../../common/torch-file/testing/container-writer.js';
import { dictionary, tensor, text } from '../../common/torch-file/testing/pickle-writer.js';
import type { StoredTensor, WeightFile } from '../../common/weight-file/index.js';
import { ConfigurationService, loadConfiguration } from '../../config/index.js';
import type { AssembledPipeline } from '../assembled-pipeline.js';
import { parseDefinition } from '../parse-definition.js';
import { PipelineAssembler } from '../pipeline-assembler.js';
import type { PipelineDefinitionInput } from '../pipeline-definition.js';
import { WeightFolder } from '../weight-folder.js';
import { BackboneRecognizer } from './backbone-recognizer.js';
import { BACKBONE_PREFIX } from './parameter-target.js';

const SMALL_VIT = { name: 'vit-b-16', options: { layers: 1, width: 8, heads: 2, positionGrid: 2 } };
const TINY = { name: 'tiny-backbone', options: {} };

let folder: string;
let assembler: PipelineAssembler;
let recognizer: BackboneRecognizer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'q2l-weights-'));
  const registry = await registryOf(
    TINY_PLUGIN,
    ...['vit', 'swin', 'resnet', 'tresnet', 'mobilenet'].map(builtInPlugin),
  );
  const configuration = loadConfiguration({ environment: { Q2L_WEIGHTS: folder } });
  const weights = new WeightFolder(new ConfigurationService(configuration));
  recognizer = new BackboneRecognizer(registry, weights);
  assembler = new PipelineAssembler(registry, weights, recognizer);
});
afterAll(() => rm(folder, { recursive: true }));

function assemble(backbone: PipelineDefinitionInput['backbone'], size = 32): Promise<AssembledPipeline> {
  const [decoder, loss] = [{ name: 'tiny-decoder' }, { name: 'tiny-loss' }];
  return assembler.assemble(parseDefinition({ backbone, decoder, loss, image: { size } }), 3);
}

async function save(name: string, tensors: NamedValues): Promise<{ readonly file: string }> {
  const handle = await open(join(folder, name), 'w');
  await writeSafetensors(handle, tensors);
  await handle.close();
  return { file: name };
}

/** The backbone's values of a pipeline, named as a network of its own. */
async function ownValues(pipeline: AssembledPipeline, rename = (name: string) => name): Promise<NamedValues> {
  const { values } = await pipeline.initialValues(7);
  const own = Object.entries(values).filter(([name]) => name.startsWith(BACKBONE_PREFIX));
  return Object.fromEntries(own.map(([name, value]) => [rename(name.slice(BACKBONE_PREFIX.length)), value]));
}

const floats = (...shape: number[]): TensorValue => {
  const data = new Float32Array(shape.reduce((product, extent) => product * extent, 1)).fill(0.5);
  return { dtype: 'float32', shape, data };
};

/** A file of which only names and shapes matter. */
const outline = (tensors: Readonly<Record<string, readonly number[]>>): WeightFile => ({
  name: 'outline.pth',
  format: 'PyTorch zip',
  entry: 'state_dict',
  tensors: Object.entries(tensors).map(([name, shape]): StoredTensor => ({
    name,
    shape,
    elementType: 'float32',
    read: () => Promise.reject(new Error()),
  })),
  metadata: new Map(),
  close: () => Promise.resolve(),
});

/** Names of a layer by the conventions of the libraries, written out by hand. */
const TIMM: Readonly<Record<string, string>> = {
  class_token: 'cls_token',
  'conv_proj.weight': 'patch_embed.proj.weight',
  'conv_proj.bias': 'patch_embed.proj.bias',
  'encoder.pos_embedding': 'pos_embed',
  'encoder.layers.encoder_layer_0.ln_1.weight': 'blocks.0.norm1.weight',
  'encoder.layers.encoder_layer_0.ln_1.bias': 'blocks.0.norm1.bias',
  'encoder.layers.encoder_layer_0.self_attention.in_proj_weight': 'blocks.0.attn.qkv.weight',
  'encoder.layers.encoder_layer_0.self_attention.in_proj_bias': 'blocks.0.attn.qkv.bias',
  'encoder.layers.encoder_layer_0.self_attention.out_proj.weight': 'blocks.0.attn.proj.weight',
  'encoder.layers.encoder_layer_0.self_attention.out_proj.bias': 'blocks.0.attn.proj.bias',
  'encoder.layers.encoder_layer_0.ln_2.weight': 'blocks.0.norm2.weight',
  'encoder.layers.encoder_layer_0.ln_2.bias': 'blocks.0.norm2.bias',
  'encoder.layers.encoder_layer_0.mlp.0.weight': 'blocks.0.mlp.fc1.weight',
  'encoder.layers.encoder_layer_0.mlp.0.bias': 'blocks.0.mlp.fc1.bias',
  'encoder.layers.encoder_layer_0.mlp.3.weight': 'blocks.0.mlp.fc2.weight',
  'encoder.layers.encoder_layer_0.mlp.3.bias': 'blocks.0.mlp.fc2.bias',
  'encoder.ln.weight': 'norm.weight',
  'encoder.ln.bias': 'norm.bias',
};

describe('weights of a backbone', () => {
  it.each([
    ['timm', (name: string) => TIMM[name] ?? `unknown:${name}`, 'head.weight'],
    [
      'older torchvision',
      (name: string) => name.replace('mlp.0', 'mlp.linear_1').replace('mlp.3', 'mlp.linear_2'),
      'heads.head.weight',
    ],
    ['data-parallel', (name: string) => `module.${name}`, 'module.head.bias'],
  ])('come under the names of %s; the classifier is left out and said', async (library, rename, classifier) => {
    const expected = await ownValues(await assemble(SMALL_VIT));
    const tensors = { ...(await ownValues(await assemble(SMALL_VIT), rename)), [classifier]: floats(1000) };
    const weights = await save(`${library}.safetensors`, tensors);
    const pipeline = await assemble({ ...SMALL_VIT, weights });
    const { values, weights: report } = await pipeline.initialValues(8);
    for (const [name, value] of Object.entries(expected)) {
      expect([name, values[BACKBONE_PREFIX + name].data]).toEqual([name, value.data]);
    }
    expect(report).toMatchObject({ missing: [], unexpected: [], resized: [] });
    expect(report?.ignored).toEqual([{ name: classifier, reason: expect.stringMatching(/classifier/) }]);
  });

  it.each([
    ['torchvision', { name: 'resnet', options: { depth: 18, width: 8 } }, 'fc.weight'],
    ['MIIL', { name: 'tresnet', options: { width: 4, blocks: [1, 1, 1, 1] } }, 'head.fc.weight'],
    ['MIIL', { name: 'tresnet', options: { width: 4, blocks: [1, 1, 1, 1], variant: 'l-v2' } }, 'head.fc.weight'],
  ])('of a convolutional network come under the names of %s: %j', async (library, backbone, classifier) => {
    // The official code keeps the network below "body": conv1.weight is body.conv1.weight there, body.conv1.0.weight is body.body.conv1.0.weight.
    const published = (name: string): string => name.replace(/^body\./, '');
    const expected = await ownValues(await assemble(backbone));
    const tensors = await ownValues(await assemble(backbone), published);
    const weights = await save(`${library}-${backbone.name}.safetensors`, { ...tensors, [classifier]: floats(1000) });
    const { values, weights: report } = await (await assemble({ ...backbone, weights })).initialValues(8);
    for (const [name, value] of Object.entries(expected)) {
      expect([name, values[BACKBONE_PREFIX + name].data]).toEqual([name, value.data]);
    }
    expect(report).toMatchObject({ missing: [], unexpected: [], ignored: [{ name: classifier }] });
  });

  it('find the right one of two parameters that files and we name alike, by its shape', async () => {
    const swin = { name: 'swin', options: { width: 4, heads: 1, depths: [1, 1, 1, 1], window: 2 } };
    const later = (name: string): string =>
      name.replace(/^layers\.(\d)\.downsample/, (_, stage) => `layers.${Number(stage) + 1}.downsample`);
    const expected = await ownValues(await assemble(swin));
    const weights = await save('swin-newer-timm.safetensors', await ownValues(await assemble(swin), later));
    const { values } = await (await assemble({ ...swin, weights })).initialValues(8);
    for (const [name, value] of Object.entries(expected)) {
      expect([name, values[BACKBONE_PREFIX + name].data]).toEqual([name, value.data]);
    }
  });

  it('of another image size make the pipeline say so', async () => {
    expect((await assemble(SMALL_VIT)).notes).toEqual([]);
    expect((await assemble(SMALL_VIT, 48)).notes).toEqual([
      'vit-b-16: position embeddings of 2 x 2 cells are interpolated to 3 x 3 cells, for images of 48 x 48 pixels',
    ]);
  });

  it('are interpolated where the table of positions is of another image size, and the report says so', async () => {
    const larger = await assemble({ ...SMALL_VIT, options: { ...SMALL_VIT.options, positionGrid: 3 } });
    const values = await ownValues(larger);
    const positions = {
      ...floats(1, 10, 8),
      data: Float32Array.from({ length: 80 }, (_, index) => (index < 8 ? index : 0.25)),
    };
    const weights = await save('larger.safetensors', { ...values, 'encoder.pos_embedding': positions });
    const { values: read, weights: report } = await (await assemble({ ...SMALL_VIT, weights })).initialValues(1);
    const name = 'backbone.0.encoder.pos_embedding';
    expect(report?.resized).toEqual([{ name, from: [1, 10, 8], to: [1, 5, 8] }]);
    const table = [...read[name].data];
    expect(table.slice(0, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const value of table.slice(8)) expect(value).toBeCloseTo(0.25, 6);
  });

  it('come from PyTorch checkpoints in half precision, wrapped, with counters', async () => {
    const halves = (count: number, bits: number) => new Uint8Array(new Uint16Array(count).fill(bits).buffer);
    const state = dictionary(
      [
        text('module.stem.weight'),
        tensor({ storage: 'HalfStorage', key: '0', stored: 24, shape: [8, 3], stride: [3, 1] }),
      ],
      [
        text('module.stem.running_mean'),
        tensor({ storage: 'HalfStorage', key: '1', stored: 3, shape: [3], stride: [1] }),
      ],
      [
        text('module.stem.num_batches_tracked'),
        tensor({ storage: 'LongStorage', key: '2', stored: 1, shape: [], stride: [] }),
      ],
    );
    const data = { 0: halves(24, 0x3c00), 1: halves(3, 0xc000), 2: new Uint8Array(8) };
    await writeFile(join(folder, 'half.pth'), zipCheckpoint(dictionary([text('state_dict'), state]), data));
    const { values, weights } = await (await assemble({ ...TINY, weights: { file: 'half.pth' } }, 8)).initialValues(1);
    expect([...values['backbone.0.stem.weight'].data]).toEqual(new Array(24).fill(1));
    expect([...values['backbone.0.stem.running_mean'].data]).toEqual([-2, -2, -2]);
    expect(weights?.ignored.map(({ name }) => name)).toEqual(['module.stem.num_batches_tracked']);
  });

  it('are refused if a value is not finite, by name and place', async () => {
    const bad = { ...floats(8, 3), data: new Float32Array(24).fill(1).fill(NaN, 5, 6) };
    const weights = await save('nan.safetensors', { 'stem.weight': bad, 'stem.running_mean': floats(3) });
    await expect((await assemble({ ...TINY, weights }, 8)).initialValues(1)).rejects.toThrow(
      /nan.safetensors: "stem.weight" \(F32\) holds NaN at place 5/,
    );
  });
});

describe('the recognizer', () => {
  const outlineOf = async (backbone: PipelineDefinitionInput['backbone'], prefix: string): Promise<WeightFile> => {
    const { parameters } = await assemble(backbone, 224);
    const own = parameters.filter(({ name }) => name.startsWith(BACKBONE_PREFIX));
    return outline(
      Object.fromEntries(own.map(({ name, shape }) => [prefix + name.slice(BACKBONE_PREFIX.length), shape])),
    );
  };
  const size = { height: 64, width: 64 };

  it.each([
    ['resnet', { depth: 18 }, 'module.backbone.0.'],
    ['resnet', { depth: 101 }, 'backbone.0.'],
    ['vit-b-16', {}, ''],
    ['mobilenet-v2', {}, ''],
    ['tresnet', { variant: 'xl' }, 'backbone.0.'],
    ['tresnet', { variant: 'l-v2' }, 'backbone.0.'],
    ['swin', { variant: 'l' }, ''],
  ])('names %s %j by names and shapes', async (name, options, prefix) => {
    const file = await outlineOf({ name, options }, prefix);
    expect(await recognizer.recognize(file, size)).toMatchObject({ backbone: name, options });
  });

  it('names nothing where nothing comes near', async () => {
    expect(await recognizer.describe(outline({ 'conv1.weight': [64, 3, 7, 7], other: [3] }), size)).toBe('');
  });

  it('is asked when weights do not fit', async () => {
    const values = await ownValues(await assemble(SMALL_VIT));
    const weights = await save('vit.safetensors', values);
    const wrong = { ...TINY, weights };
    await expect((await assemble(wrong, 32)).initialValues(1)).rejects.toMatchObject({
      message: expect.stringMatching(/holds 0 of the 2 parameters of the backbone; it lacks backbone.0.stem/),
    });
    const other = await assemble({ name: 'resnet', options: { depth: 18, width: 8 } }, 32);
    const full = await save('resnet.safetensors', await ownValues(other));
    const deeper = await assemble({ name: 'resnet', options: { depth: 34, width: 8 }, weights: full }, 32);
    await expect(deeper.initialValues(1)).rejects.toMatchObject({
      message: expect.stringMatching(/lacks backbone.0.body.layer1.2.conv1.weight/),
    });
  });
});
