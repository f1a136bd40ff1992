import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

const names = z.record(z.string(), z.string()).default({});
const packageSchema = z.object({ dependencies: names, devDependencies: names });

describe('docs/dependencies.md', () => {
  it('says of every dependency what it is for', async () => {
    const { dependencies, devDependencies } = packageSchema.parse(JSON.parse(await readFile('package.json', 'utf8')));
    const text = await readFile('docs/dependencies.md', 'utf8');
    const missing = Object.keys({ ...dependencies, ...devDependencies }).filter(
      (name) => !text.includes(`\`${name}\``),
    );
    expect(missing).toEqual([]);
  });
});
