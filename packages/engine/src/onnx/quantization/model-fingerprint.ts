import { createHash } from 'node:crypto';
import type { OnnxModel } from '../format/model.js';

/** SHA-256 of the nodes of a model, its inputs and outputs; not of its numbers. */
export function modelFingerprint({ nodes, inputs, outputs }: OnnxModel): string {
  return createHash('sha256').update(JSON.stringify({ nodes, inputs, outputs })).digest('hex');
}
