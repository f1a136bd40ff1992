import { describe, expect, it } from '@jest/globals';
import { ConflictError } from '../common/errors/index.js';
import { assertResumable } from './resume-conflict.js';

const CHECKPOINT = {
  definition: { backbone: { name: 'resnet', options: { depth: 18 } }, image: { size: 32 } },
  labels: ['cat', 'dog'],
  preprocessing: { height: 32, width: 32, normalization: { mean: [0.5, 0.5, 0.5] } },
};

describe('assertResumable', () => {
  it('accepts what the checkpoint was made with, whatever is undefined in it', () => {
    const definition = { ...CHECKPOINT.definition, weights: undefined };
    expect(() => assertResumable('a', CHECKPOINT, { ...structuredClone(CHECKPOINT), definition })).not.toThrow();
    expect(() => assertResumable('a', { labels: ['cat'] }, { labels: ['cat'] })).not.toThrow();
  });

  it.each([
    ['architecture', { definition: { ...CHECKPOINT.definition, backbone: { name: 'resnet', options: { depth: 50 } } } }, /pipeline\.backbone\.options\.depth is 18 in the checkpoint, but 50 now/], // prettier-ignore
    ['labels', { labels: ['dog', 'cat'] }, /labels is \["cat","dog"\] in the checkpoint, but \["dog","cat"\] now/],
    ['preprocessing', { preprocessing: { ...CHECKPOINT.preprocessing, height: 64 } }, /preprocessing\.height is 32 .* 64 now/], // prettier-ignore
    ['an option that is new', { definition: { ...CHECKPOINT.definition, freeze: ['backbone'] } }, /pipeline\.freeze is not set in the checkpoint, but \["backbone"\] now/], // prettier-ignore
  ])('refuses other %s, and names both', (_what, change, message) => {
    const attempt = (): void => assertResumable('a', CHECKPOINT, { ...CHECKPOINT, ...change });
    expect(attempt).toThrow(ConflictError);
    expect(attempt).toThrow(message);
  });
});
