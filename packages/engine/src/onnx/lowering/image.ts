import { nearestSources } from '../../graph/interpolation.js';
import type { NodeOf } from '../../graph/value.js';
import type { LoweringContext, LoweringTable } from './context.js';
import { inputAt } from './context.js';
import { castTo, fresh } from './elementwise.js';
import { CHANNELS_FIRST } from './layout.js';
import type { Lowered } from './lowered.js';
import { lowered } from './lowered.js';

function bilinear(node: NodeOf<'ResizeBilinear'>, { emitter, get }: LoweringContext): Lowered {
  const x = emitter.physical(castTo(emitter, get(inputAt(node, 0)), 'float32'), CHANNELS_FIRST);
  const { alignCorners, halfPixelCenters } = node.attributes;
  const [batch = 0, height = 0, width = 0, channels = 0] = node.shape;
  const mode = alignCorners ? 'align_corners' : halfPixelCenters ? 'half_pixel' : 'asymmetric';
  const attributes = { mode: 'linear', coordinate_transformation_mode: mode };
  const sizes = emitter.integers([batch, channels, height, width]);
  const name = emitter.emit('Resize', [x.name, '', '', sizes], { attributes });
  return lowered(name, node.shape, 'float32', { layout: CHANNELS_FIRST });
}

function nearest(node: NodeOf<'ResizeNearestNeighbor'>, { emitter, get }: LoweringContext): Lowered {
  const x = emitter.canonical(castTo(emitter, get(inputAt(node, 0)), 'float32'));
  const name = [1, 2].reduce((image, axis) => {
    const sources = nearestSources(node.attributes, x.shape[axis] ?? 0, node.shape[axis] ?? 0);
    const table = emitter.constant('int32', [sources.length], sources);
    return emitter.emit('Gather', [image, table], { attributes: { axis } });
  }, x.name);
  return fresh(name, node);
}

export const imageLowerings: LoweringTable<'LocalResponseNormalization' | 'ResizeBilinear' | 'ResizeNearestNeighbor'> =
  {
    LocalResponseNormalization: (node, { emitter, get }) => {
      const x = emitter.physical(get(inputAt(node, 0)), CHANNELS_FIRST);
      const { depthRadius, bias, alpha, beta } = node.attributes;
      const size = 2 * depthRadius + 1;
      // ONNX divides alpha by the size of the window, TensorFlow does not.
      const attributes = { size, alpha: { float: alpha * size }, beta: { float: beta }, bias: { float: bias } };
      const name = emitter.emit('LRN', [x.name], { attributes });
      return lowered(name, node.shape, 'float32', { layout: CHANNELS_FIRST });
    },
    ResizeBilinear: bilinear,
    ResizeNearestNeighbor: nearest,
  };
