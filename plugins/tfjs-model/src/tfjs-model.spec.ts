import { beforeAll, describe, expect, it } from '@jest/globals';
import { createParameterDeclarations, parseOptions, tf } from '@query2label/sdk';
import type { WeightAssets } from '@query2label/sdk';
import { testBackbone } from '@query2label/sdk/testing';
import { TfjsModel, tfjsModelOptions } from './index.js';

const files = new Map<string, Uint8Array>();
const assets: WeightAssets = {
  list: () => Promise.resolve(['small']),
  read: (name) => {
    const content = files.get(name);
    return content ? Promise.resolve(content) : Promise.reject(new Error(`There is no file "${name}".`));
  },
};

/** A small model as `save` exports it, in two shards. */
async function exportModel(): Promise<void> {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [32, 32, 3],
        filters: 4,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        name: 'stem',
      }),
      tf.layers.batchNormalization({ name: 'stem_bn' }),
      tf.layers.activation({ activation: 'relu', name: 'stem_relu' }),
      tf.layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', strides: 2, name: 'depthwise' }),
      tf.layers.globalAveragePooling2d({ name: 'pool' }),
      tf.layers.dense({ units: 5, name: 'classifier' }),
    ],
  });
  await model.save(
    tf.io.withSaveHandler(({ modelTopology, weightSpecs, weightData }) => {
      if (!(weightData instanceof ArrayBuffer)) throw new Error('Expected one buffer of weights.');
      const manifest = [{ paths: ['shard1.bin', 'shard2.bin'], weights: weightSpecs ?? [] }];
      files.set(
        'small/model.json',
        new TextEncoder().encode(JSON.stringify({ modelTopology, weightsManifest: manifest })),
      );
      files.set('small/shard1.bin', new Uint8Array(weightData.slice(0, 100)));
      files.set('small/shard2.bin', new Uint8Array(weightData.slice(100)));
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const } });
    }),
  );
  model.dispose();
}

beforeAll(exportModel);

const provider = new TfjsModel();
testBackbone({ provider, assets, options: { model: 'small' } }, { describe, it });
testBackbone({ provider, assets, options: { model: 'small', layer: 'stem_relu', trainable: true } }, { describe, it });

describe('TfjsModel', () => {
  const build = async (options: Record<string, unknown>) => {
    const parameters = createParameterDeclarations();
    const parsed = parseOptions(tfjsModelOptions, { model: 'small', ...options }, 'backbone "tfjs-model"');
    const imageSize = { height: 48, width: 32 };
    return { backbone: await provider.build(parsed, { imageSize, parameters, assets }), parameters };
  };

  it('is cut at its last feature map, for the image size of the pipeline', async () => {
    const { backbone, parameters } = await build({});
    expect(backbone.featureMap).toEqual({ height: 12, width: 8, channels: 4 });
    expect(parameters.specs.map(({ name, role }) => [name, role])).toEqual([
      ['stem.kernel', 'frozen'],
      ['stem.bias', 'frozen'],
      ['stem_bn.gamma', 'frozen'],
      ['stem_bn.beta', 'frozen'],
      ['depthwise.depthwise_kernel', 'frozen'],
      ['depthwise.bias', 'frozen'],
      ['stem_bn.moving_mean', 'buffer'],
      ['stem_bn.moving_variance', 'buffer'],
    ]);
  });

  it('names the layers that have a feature map when the chosen one has none', async () => {
    await expect(build({ layer: 'pool' })).rejects.toThrow(
      /layer: received "pool".*stem, stem_bn, stem_relu, depthwise/,
    );
  });

  it('refuses a file that is no layers model, and one that is not there', async () => {
    files.set('graph/model.json', new TextEncoder().encode('{"format":"graph-model"}'));
    await expect(build({ model: 'graph' })).rejects.toThrow(/"graph\/model.json" is not a TensorFlow.js layers model/);
    await expect(build({ model: 'none' })).rejects.toThrow(/no file "none\/model.json"/);
  });
});
