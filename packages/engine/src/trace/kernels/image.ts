import { interpolationMatrix } from '../../graph/interpolation.js';
import type { Value } from '../../graph/value.js';
import type { KernelCall, KernelTable } from '../kernel-call.js';

function resize(operation: 'ResizeBilinear' | 'ResizeNearestNeighbor') {
  return (call: KernelCall): Value => {
    const images = call.input('images');
    const attributes = { alignCorners: call.flag('alignCorners'), halfPixelCenters: call.flag('halfPixelCenters') };
    const shape = [images.shape[0] ?? 0, ...call.pair('size'), images.shape[3] ?? 0];
    const node = (x: Value) => call.graph.node(operation, [x], attributes, shape, 'float32');
    const mixed = operation === 'ResizeBilinear' || images.dtype === 'float32';
    return mixed ? node(images) : call.graph.cast(node(call.graph.cast(images, 'float32')), images.dtype);
  };
}

/** Each row of dy goes back to the rows it was mixed from: a product with the interpolation matrix on either side. */
function resizeGradient(method: 'bilinear' | 'nearest') {
  return (call: KernelCall): Value => {
    const { graph } = call;
    const [images, dy] = [call.input('images'), call.input('dy')];
    const attributes = { alignCorners: call.flag('alignCorners'), halfPixelCenters: call.flag('halfPixelCenters') };
    const [batch = 0, height = 0, width = 0, channels = 0] = images.shape;
    const [, fromHeight = 0, fromWidth = 0] = dy.shape;
    const mix = (from: number, to: number, x: Value) => {
      const matrix = graph.literal(interpolationMatrix(method, attributes, to, from), [to, from], 'float32');
      const shape = [x.shape[0] ?? 0, to, x.shape[2] ?? 0];
      return graph.node('BatchMatMul', [matrix, x], { transposeA: false, transposeB: false }, shape, 'float32');
    };
    // [b, h', w', c] -> [b, h', w' * c] -> [b, h, w' * c] -> [b * h, w', c] -> [b * h, w, c]
    const rows = mix(fromHeight, height, graph.reshape(dy, [batch, fromHeight, fromWidth * channels]));
    const columns = mix(fromWidth, width, graph.reshape(rows, [batch * height, fromWidth, channels]));
    return graph.reshape(columns, [batch, height, width, channels]);
  };
}

export const imageKernels: KernelTable = {
  ResizeBilinear: resize('ResizeBilinear'),
  ResizeBilinearGrad: resizeGradient('bilinear'),
  ResizeNearestNeighbor: resize('ResizeNearestNeighbor'),
  ResizeNearestNeighborGrad: resizeGradient('nearest'),
};
