import type { OnnxModel, OnnxPort, OnnxType } from './model.js';

/** A model that returns its input `x`, a tensor of any extents, as `y`. */
export function copyModel(type: OnnxType, rank: number): OnnxModel {
  const dims = Array.from({ length: rank }, (_, axis) => `extent${axis}`);
  const port = (name: string): OnnxPort => ({ name, type, dims });
  const node = { operator: 'Identity', domain: '', name: 'copy', inputs: ['x'], outputs: ['y'], attributes: {} };
  return { nodes: [node], initializers: [], inputs: [port('x')], outputs: [port('y')] };
}
