import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { codeBlocks, ROOT } from './support/guide.js';
import { GuideReader } from './support/run-guide.js';
import { writeSceneFolder } from './support/scene-folder.js';
import { type ServerProcess, startServerProcess } from './support/server-process.js';
import { temporaryFolder, type TemporaryFolder } from './support/temporary-folder.js';
import { createTestDatabase, type TestDatabase } from './support/test-database.js';

describe('docs/graphql-guide.md', () => {
  let folder: TemporaryFolder;
  let database: TestDatabase;
  let server: ServerProcess;

  beforeAll(async () => {
    folder = await temporaryFolder();
    database = await createTestDatabase();
    const { unseen } = await writeSceneFolder(join(folder.path, 'photos'));
    await mkdir(join(folder.path, 'reader'));
    await copyFile(unseen[0].path, join(folder.path, 'reader/photo.jpg'));
    await symlink(join(ROOT, 'node_modules'), join(folder.path, 'reader/node_modules'));
    server = await startServerProcess({
      Q2L_DATA: join(folder.path, 'data'),
      Q2L_IMPORT_FOLDERS: `photos=${join(folder.path, 'photos')}`,
      DATABASE_URL: database.url,
    });
  }, 120_000);

  afterAll(async () => {
    await server.stop();
    await database.drop();
    await folder.remove();
  }, 60_000);

  it('does what it says, sample by sample', async () => {
    const blocks = await codeBlocks('docs/graphql-guide.md');
    expect(blocks.length).toBeGreaterThan(30);
    await new GuideReader(server.client, join(folder.path, 'reader')).followAll(blocks);
    const map = await sharp(join(folder.path, 'reader/map.png')).metadata();
    expect(map.format).toBe('png');
  }, 180_000);
});
