import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { codeBlocks, ROOT } from './support/guide.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { GuideReader } from './support/run-guide.js';
import { writeSceneFolder } from './support/scene-folder.js';

describe('docs/graphql-guide.md', () => {
  let own: OwnServer;

  beforeAll(async () => {
    own = await startOwnServer({ Q2L_IMPORT_FOLDERS: 'photos=photos' }, async (folder) => {
      const { unseen } = await writeSceneFolder(join(folder, 'photos'));
      await mkdir(join(folder, 'reader'));
      await copyFile(unseen[0].path, join(folder, 'reader/photo.jpg'));
      await symlink(join(ROOT, 'node_modules'), join(folder, 'reader/node_modules'));
    });
  }, 120_000);

  afterAll(() => own.remove(), 60_000);

  it('does what it says, sample by sample', async () => {
    const blocks = await codeBlocks('docs/graphql-guide.md');
    expect(blocks.length).toBeGreaterThan(30);
    await new GuideReader(own.client, join(own.folder, 'reader')).followAll(blocks);
    const map = await sharp(join(own.folder, 'reader/map.png')).metadata();
    expect(map.format).toBe('png');
  }, 180_000);
});
