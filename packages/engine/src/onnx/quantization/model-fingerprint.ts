import { createHash } from 'node:crypto';
import type { OnnxModel } from '../format/model.js';

/** To be raised when `quantizeModel` makes another 8-bit model of the same float model: what was measured is no longer what runs then. */
const SCHEME = 2;

/** SHA-256 of the nodes of a model, its inputs and outputs, and of how 8 bits are made of it; not of its numbers. */
export function modelFingerprint({ nodes, inputs, outputs }: OnnxModel): string {
  return createHash('sha256')
    .update(JSON.stringify({ scheme: SCHEME, nodes, inputs, outputs }))
    .digest('hex');
}
