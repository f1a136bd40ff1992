import { conv2d, IMAGENET_NORMALIZATION, layerNorm, OptionsError, tf } from '@query2label/sdk';
import type { BackboneContext, BuiltBackbone } from '@query2label/sdk';
import { encoderLayer, NORM_EPSILON } from './encoder-layer.js';
import { positionTable } from './position-table.js';
import { publishedNames } from './published-names.js';
import { positionResizer } from './resize-positions.js';
import type { VitOptions } from './options.js';

/** Pixels along each side of a patch. */
const PATCH = 16;

export interface Architecture {
  readonly name: string;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
}

/**
 * A vision transformer without its head, under torchvision's names. Its last normalised tokens, without the class token, become the
 * feature map.
 * @throws OptionsError if the image is not a multiple of the patch
 */
export function visionTransformer(
  { name, ...published }: Architecture,
  options: VitOptions,
  { imageSize, parameters }: BackboneContext,
): BuiltBackbone {
  const { width = published.width, heads = published.heads, layers = published.layers } = options;
  const { height, width: columns } = imageSize;
  const { positionGrid: grid } = options;
  if (width % heads !== 0) {
    const message = `received ${heads}, which does not divide the width ${width}; expected a divisor of it`;
    throw new OptionsError(`backbone "${name}"`, [{ path: 'heads', message }]);
  }
  if (height % PATCH !== 0 || columns % PATCH !== 0) {
    const message = `received ${height} x ${columns} pixels, expected multiples of ${PATCH}, for example ${Math.ceil(height / PATCH) * PATCH}`;
    throw new OptionsError(`backbone "${name}"`, [{ path: 'image.size', message }]);
  }
  const map = { height: height / PATCH, width: columns / PATCH, channels: width };
  const cells = map.height * map.width;
  const classToken = parameters.declare('class_token', [1, 1, width], { kind: 'zeros' });
  const embed = conv2d(parameters.scope('conv_proj'), { inputs: 3, outputs: width, kernel: PATCH, stride: PATCH });
  const encoder = parameters.scope('encoder');
  const positions = positionTable(encoder, {
    grid: options.positionGrid,
    height: map.height,
    width: map.width,
    channels: width,
  });
  const blocks = Array.from({ length: layers }, (_, index) =>
    encoderLayer(encoder.scope(`layers.encoder_layer_${index}`), { width, heads }),
  );
  const norm = layerNorm(encoder.scope('ln'), { width, epsilon: NORM_EPSILON });
  return {
    featureMap: map,
    normalization: IMAGENET_NORMALIZATION,
    notes:
      map.height === grid && map.width === grid
        ? []
        : [
            `position embeddings of ${grid} x ${grid} cells are interpolated to ${map.height} x ${map.width} cells, for images of ${height} x ${columns} pixels`,
          ],
    alternativeNames: publishedNames,
    resizer: (parameter, shape) =>
      parameter === 'encoder.pos_embedding' ? positionResizer(shape, options.positionGrid, width) : undefined,
    forward: (scope, images) => {
      const [batch] = images.shape;
      // [batch, height, width, channels] -> [batch, cells, channels]
      const patches = tf.reshape<tf.Rank.R3>(embed(scope, images), [batch, cells, width]);
      const token = tf.tile(tf.reshape<tf.Rank.R3>(scope.parameter(classToken), [1, 1, width]), [batch, 1, 1]);
      const start = tf.add<tf.Tensor3D>(tf.concat([token, patches], 1), positions(scope));
      const tokens = norm(
        scope,
        blocks.reduce((x, block) => block(scope, x), start),
      );
      // [batch, 1 + cells, channels] -> [batch, cells, channels] -> [batch, height, width, channels]
      const withoutToken = tf.slice(tokens, [0, 1, 0], [batch, cells, width]);
      return tf.reshape<tf.Rank.R4>(withoutToken, [batch, map.height, map.width, width]);
    },
  };
}
