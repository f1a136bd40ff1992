import type { Value } from '../../graph/value.js';
import type { KernelCall, KernelTable } from '../kernel-call.js';

function resize(operation: 'ResizeBilinear' | 'ResizeNearestNeighbor') {
  return (call: KernelCall): Value => {
    const images = call.input('images');
    const attributes = { alignCorners: call.flag('alignCorners'), halfPixelCenters: call.flag('halfPixelCenters') };
    const shape = [images.shape[0] ?? 0, ...call.pair('size'), images.shape[3] ?? 0];
    return call.graph.node(operation, [images], attributes, shape, 'float32');
  };
}

export const imageKernels: KernelTable = {
  ResizeBilinear: resize('ResizeBilinear'),
  ResizeNearestNeighbor: resize('ResizeNearestNeighbor'),
};
