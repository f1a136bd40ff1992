import { describe, expect, it } from '@jest/globals';
import { ModelCache } from './model-cache.js';

function cache(limit: number) {
  const log: string[] = [];
  const models = new ModelCache(limit, async (id) => {
    log.push(`load ${id}`);
    await Promise.resolve();
    if (id === 'broken') throw new Error('damaged');
    return {
      name: id,
      dispose: () => {
        log.push(`dispose ${id}`);
        return Promise.resolve();
      },
    };
  });
  const touch = (id: string) => models.use(id, ({ name }) => Promise.resolve(name));
  return { models, log, touch };
}

describe('ModelCache', () => {
  it('loads a model once for callers at the same time', async () => {
    const { log, touch } = cache(2);
    await expect(Promise.all([touch('a'), touch('a')])).resolves.toEqual(['a', 'a']);
    expect(log).toEqual(['load a']);
  });

  it('lets the least recently used model go', async () => {
    const { models, log, touch } = cache(2);
    for (const id of ['a', 'b', 'a', 'c']) await touch(id);
    expect(log).toEqual(['load a', 'load b', 'load c', 'dispose b']);
    expect(models.ids).toEqual(['a', 'c']);
  });

  it('never lets a model go that is in use', async () => {
    const { models, log, touch } = cache(1);
    await models.use('a', async () => {
      await touch('b');
      expect(log).toEqual(['load a', 'load b', 'dispose b']);
    });
    expect(models.ids).toEqual(['a']);
  });

  it('tries a failed load again, and keeps the others', async () => {
    const { models, log, touch } = cache(2);
    await touch('a');
    await expect(touch('broken')).rejects.toThrow('damaged');
    await expect(touch('broken')).rejects.toThrow('damaged');
    expect(log).toEqual(['load a', 'load broken', 'load broken']);
    expect(models.ids).toEqual(['a']);
  });
});
