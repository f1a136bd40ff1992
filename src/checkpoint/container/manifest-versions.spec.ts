import { describe, expect, it } from '@jest/globals';
import { type ManifestUpgrade, upgradeManifest } from './manifest-versions.js';

describe('upgradeManifest', () => {
  /** As if version 2 had renamed a field and version 3 added one. */
  const upgrades: readonly ManifestUpgrade[] = [
    ({ old, ...rest }) => ({ ...rest, renamed: old }),
    (manifest) => ({ ...manifest, added: [manifest.renamed] }),
  ];

  it.each([
    [1, { formatVersion: 1, old: 'a', id: 'x' }],
    [2, { formatVersion: 2, renamed: 'a', id: 'x' }],
    [3, { formatVersion: 3, renamed: 'a', added: ['a'], id: 'x' }],
  ])('brings version %d to the newest, step by step', (_version, document) => {
    expect(upgradeManifest(document, upgrades)).toEqual({ formatVersion: 3, id: 'x', renamed: 'a', added: ['a'] });
  });

  it.each([
    [{ formatVersion: 4 }, 'has format version 4; this version of the platform reads 1 to 3'],
    [{ formatVersion: 0 }, 'has format version 0'],
    [{ formatVersion: 1.5 }, 'has format version 1.5'],
    [{ formatVersion: '1' }, 'has format version "1"'],
    [{}, 'states no formatVersion'],
    [null, 'states no formatVersion'],
    [[], 'states no formatVersion'],
  ])('refuses %j', (document, fault) => {
    expect(() => upgradeManifest(document, upgrades)).toThrow(fault);
  });
});
