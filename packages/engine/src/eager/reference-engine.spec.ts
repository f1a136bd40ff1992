import { expect, it } from '@jest/globals';
import { createEngine } from '../index.js';

it('the reference engine describes itself', async () => {
  const { description } = await createEngine({ engine: 'reference' });
  expect(description).toEqual({
    name: 'reference',
    version: expect.stringMatching(/^4\.\d+/),
    device: 'cpu',
    threads: 1,
  });
});
