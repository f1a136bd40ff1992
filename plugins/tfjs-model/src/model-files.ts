import { tf, z } from '@query2label/sdk';
import type { ImageSize, WeightAssets } from '@query2label/sdk';

const modelFile = z.looseObject({
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string()),
      weights: z.array(
        z.looseObject({
          name: z.string(),
          shape: z.array(z.int()),
          dtype: z.enum(['float32', 'int32', 'bool', 'string', 'complex64']),
          quantization: z
            .object({
              scale: z.number().optional(),
              min: z.number().optional(),
              dtype: z.enum(['uint16', 'uint8', 'float16']),
            })
            .optional(),
        }),
      ),
    }),
  ),
});

const inputShape = z.tuple([z.unknown(), z.unknown(), z.unknown(), z.int()]);

/** Sets height and width of every layer that states the shape of the model's input, wherever it stands in the topology. */
function withImageSize(node: unknown, size: ImageSize): unknown {
  if (Array.isArray(node)) return node.map((item) => withImageSize(item, size));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]): [string, unknown] => {
      const shape = key === 'batch_input_shape' ? inputShape.safeParse(value) : undefined;
      return [key, shape?.success ? [null, size.height, size.width, shape.data[3]] : withImageSize(value, size)];
    }),
  );
}

/** Joins the weight shards in the manifest's order. */
async function readShards(assets: WeightAssets, names: readonly string[]): Promise<ArrayBuffer> {
  const shards = await Promise.all(names.map((name) => assets.read(name)));
  const joined = new Uint8Array(shards.reduce((bytes, shard) => bytes + shard.byteLength, 0));
  let offset = 0;
  for (const shard of shards) {
    joined.set(shard, offset);
    offset += shard.byteLength;
  }
  return joined.buffer;
}

/**
 * Loads a layers model from the weights folder for one image size.
 * @throws naming the model if its files are missing or are not a TensorFlow.js layers model
 */
export async function loadModel(assets: WeightAssets, folder: string, size: ImageSize): Promise<tf.LayersModel> {
  const name = `${folder}/model.json`;
  const text = new TextDecoder().decode(await assets.read(name));
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new Error(`Model file "${name}" is not JSON. Copy it again from where it was exported.`, { cause: error });
  }
  const parsed = modelFile.safeParse(content);
  if (!parsed.success) {
    throw new Error(
      `"${name}" is not a TensorFlow.js layers model (${z.prettifyError(parsed.error)}). ` +
        'Convert the model with tensorflowjs_converter --output_format=tfjs_layers_model.',
    );
  }
  const { modelTopology, weightsManifest } = parsed.data;
  const weightData = await readShards(
    assets,
    weightsManifest.flatMap((group) => group.paths.map((path) => `${folder}/${path}`)),
  );
  const topology = withImageSize(modelTopology, size);
  if (typeof topology !== 'object' || topology === null) throw new Error(`"${name}" has no topology.`);
  return tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: topology,
      weightSpecs: weightsManifest.flatMap((group) => group.weights.map(weightSpec)),
      weightData,
    }),
  );
}

type ManifestWeight = z.output<typeof modelFile>['weightsManifest'][number]['weights'][number];

function weightSpec({ name, shape, dtype, quantization }: ManifestWeight): tf.io.WeightsManifestEntry {
  return quantization === undefined ? { name, shape, dtype } : { name, shape, dtype, quantization };
}
