import type { NamedValues, TensorValue } from '@query2label/engine';
import type { PublishedBuffer } from '@query2label/sdk';
import type { ParameterTarget } from '../../pipeline/weights/parameter-target.js';

/** The buffers that the official state dict has and no program here reads: position tables, index maps, counters at 0. */
export function exportedBuffers({ publishedBuffers }: ParameterTarget): NamedValues {
  return Object.fromEntries(publishedBuffers.map(valueOf));
}

function valueOf({ name, shape, dtype, values }: PublishedBuffer): [string, TensorValue] {
  return [name, { dtype, shape, data: dtype === 'int32' ? Int32Array.from(values()) : values() }];
}
