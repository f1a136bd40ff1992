import type { NamedValues } from '@query2label/engine';
import type { PipelineModel } from '../pipeline/programs/pipeline-model.js';
import { type Comparison, norm } from './comparison.js';
import type { ReferenceFile } from './reference-file.js';

const KINDS = { trainable: 'train', frozen: 'frozen', buffer: 'buffer' } as const;

/** Names, shapes and roles of the state dict, and the norm of each tensor; the number of names that differ must be 0. */
export function compareStateDict(
  comparison: Comparison,
  { config, state_dict }: ReferenceFile,
  { parameters, publishedBuffers }: PipelineModel,
  values: NamedValues,
): void {
  const declared = new Map(parameters.map(({ name, shape, role }) => [name, { shape, kind: KINDS[role] }]));
  const computed = new Map(publishedBuffers.map((buffer) => [buffer.name, buffer]));
  const differing: string[] = [];
  for (const [name, shape, kind, expected] of state_dict) {
    const own = declared.get(name);
    const buffer = computed.get(name);
    // a norm that no layer uses exists in the official code, but never learns
    const unused = config.enc_layers === 0 && name.startsWith('transformer.encoder.norm.');
    const fits = own === undefined ? buffer !== undefined : own.kind === kind || (unused && own.kind === 'frozen');
    if (!fits || (own ?? buffer)?.shape.join() !== shape.join()) differing.push(name);
    const data = values[name]?.data ?? buffer?.values();
    if (data === undefined || expected === null) continue;
    const tolerance = own === undefined ? 1e-5 : 1e-6;
    comparison.add('weights', Math.abs(norm(data) - expected) / Math.max(1, expected), tolerance, name);
  }
  const official = new Set(state_dict.map(([name]) => name));
  differing.push(...[...declared.keys(), ...computed.keys()].filter((name) => !official.has(name)));
  comparison.add('names', differing.length, 0, differing[0] ?? '');
}
