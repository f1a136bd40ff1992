import type { Engine, NamedValues, TensorValue } from '@query2label/engine';
import * as tf from '@tensorflow/tfjs';
import type { BackboneProvider, ParameterSpec } from '../../contracts/index.js';
import { createForwardScope, createParameterDeclarations } from '../../scope/index.js';

export interface BackboneRun {
  readonly specs: readonly ParameterSpec[];
  /** `[batch, height, width, channels]` */
  readonly features: TensorValue;
}

/**
 * Builds a backbone under the names of the official state dict (`backbone.0.`) and lets it look at images.
 * @param images normalised, `[batch, height, width, 3]`
 * @param valuesOf values of the declared parameters
 */
export async function runBackbone<Options>(
  engine: Engine,
  provider: BackboneProvider<Options>,
  options: Options,
  images: TensorValue,
  valuesOf: (specs: readonly ParameterSpec[]) => NamedValues,
): Promise<BackboneRun> {
  const declarations = createParameterDeclarations('backbone.0.');
  const [, height, width] = images.shape;
  const assets = {
    list: () => Promise.resolve([]),
    read: (name: string) => Promise.reject(new Error(`There is no weight file "${name}" in a test.`)),
  };
  const backbone = await provider.build(options, { imageSize: { height, width }, parameters: declarations, assets });
  const executable = await engine.compile(
    ({ constants, inputs }) => {
      const scope = createForwardScope({ parameters: constants, training: false });
      const pictures: tf.Tensor4D = tf.reshape<tf.Rank.R4>(inputs.images, [images.shape[0], height, width, 3]);
      return { outputs: { features: backbone.forward(scope, pictures) } };
    },
    {
      constants: { ...valuesOf(declarations.specs), ...declarations.tables },
      state: {},
      inputs: { images: { dtype: 'float32', shape: images.shape } },
    },
  );
  const { features } = await executable.run({ images });
  await executable.dispose();
  const { height: rows, width: columns, channels } = backbone.featureMap;
  if (features.shape.slice(1).join() !== [rows, columns, channels].join()) {
    throw new Error(
      `The backbone promised a feature map ${rows} x ${columns} x ${channels}, but made [${features.shape.join(', ')}].`,
    );
  }
  return { specs: declarations.specs, features };
}
