import { closestName, OptionsError, tf } from '@query2label/sdk';
import type { FeatureMapSize } from '@query2label/sdk';

export interface CutModel {
  readonly model: tf.LayersModel;
  readonly featureMap: FeatureMapSize;
}

const COMPONENT = 'backbone "tfjs-model"';

/** The map that a layer puts out, or undefined if its output is not `[batch, height, width, channels]`. */
function mapOf(layer: tf.layers.Layer): FeatureMapSize | undefined {
  const { output } = layer;
  if (Array.isArray(output) || output.shape.length !== 4) return undefined;
  const [, height, width, channels] = output.shape;
  return height && width && channels ? { height, width, channels } : undefined;
}

/**
 * The part of a model from its input to the named layer (the last one with a feature map if none is named).
 * @throws OptionsError listing the layers that can be chosen
 */
export function cutModel(whole: tf.LayersModel, layerName: string | undefined): CutModel {
  const inputs = whole.inputs.map(({ shape }) => `[${shape.map((extent) => extent ?? '?').join(', ')}]`);
  if (whole.inputs.length !== 1 || whole.inputs[0].shape.length !== 4 || whole.inputs[0].shape[3] !== 3) {
    throw new OptionsError(COMPONENT, [
      { path: 'model', message: `its input is ${inputs.join(' and ')}, expected one of [batch, height, width, 3]` },
    ]);
  }
  const candidates = whole.layers.flatMap((layer) => {
    const featureMap = layer.getClassName() === 'InputLayer' ? undefined : mapOf(layer);
    return featureMap === undefined ? [] : [{ layer, featureMap }];
  });
  const chosen =
    layerName === undefined
      ? candidates[candidates.length - 1]
      : candidates.find(({ layer }) => layer.name === layerName);
  if (chosen === undefined) {
    const names = candidates.map(({ layer }) => layer.name);
    const closest = layerName === undefined ? undefined : closestName(layerName, names);
    throw new OptionsError(COMPONENT, [
      {
        path: 'layer',
        message:
          `received ${JSON.stringify(layerName)}${closest === undefined ? '' : `, did you mean "${closest}"?`} ` +
          `Expected a layer with an output [height, width, channels]: ${names.join(', ')}`,
      },
    ]);
  }
  return {
    model: tf.model({ inputs: whole.inputs, outputs: chosen.layer.output }),
    featureMap: chosen.featureMap,
  };
}
