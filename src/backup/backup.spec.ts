import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CheckpointPlace, checkpointPlace } from '../../test/support/checkpoint-place.js';
import { temporaryFolder, type TemporaryFolder } from '../../test/support/temporary-folder.js';
import { type Configuration, loadConfiguration } from '../config/index.js';
import { databaseSchema } from '../database-schema.js';
import { DESCRIPTION_FILE } from './backup-description.js';
import { createBackup } from './create-backup.js';
import { restoreBackup } from './restore-backup.js';

describe('backup and restore', () => {
  let place: CheckpointPlace;
  let source: Configuration;
  let taken: TemporaryFolder;
  let backup: string;
  let folder: TemporaryFolder;

  const configurationOf = (data: string) => loadConfiguration({ folder: data, environment: { Q2L_DATA: data } }).values;

  beforeAll(async () => {
    const own = await temporaryFolder();
    const location = { url: '', sqliteFile: join(own.path, 'q2l.sqlite') };
    place = await checkpointPlace(() => Promise.resolve({ location, remove: () => own.remove() }), own.path);
    source = configurationOf(own.path);
    await place.write();
    taken = await temporaryFolder();
    backup = join(taken.path, 'backup');
    await createBackup(source, databaseSchema, backup);
  });

  afterAll(async () => {
    await place.remove();
    await taken.remove();
  });

  beforeEach(async () => {
    folder = await temporaryFolder();
  });

  afterEach(() => folder.remove());

  const restore = (from: string, to = join(folder.path, 'data')) =>
    restoreBackup(configurationOf(to), databaseSchema, from);

  it('refuses a target that exists, or lies in the data folder', async () => {
    await expect(createBackup(source, databaseSchema, backup)).rejects.toThrow(/exists already/);
    await expect(createBackup(source, databaseSchema, join(source.data.folder, 'x'))).rejects.toThrow(/data folder/);
  });

  it('refuses where there is no database, without making one', async () => {
    const empty = configurationOf(folder.path);
    await expect(createBackup(empty, databaseSchema, join(taken.path, 'other'))).rejects.toThrow(/no database at/);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('refuses a database of another version', async () => {
    const { entities, migrations } = databaseSchema;
    const older = { entities, migrations: migrations.slice(0, -1) };
    const name = migrations[migrations.length - 1].name;
    await expect(createBackup(source, older, join(taken.path, 'other'))).rejects.toThrow(`has ${name}, which is not`);
    expect(await readdir(taken.path)).toEqual(['backup']);
    await expect(restoreBackup(configurationOf(folder.path), older, backup)).rejects.toThrow(/newer version/);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('restores into an empty folder only', async () => {
    await writeFile(join(folder.path, 'mine'), '');
    await expect(restore(backup, folder.path)).rejects.toThrow(/is not empty \(it holds mine\)/);
  });

  it('refuses a backup of which any file is damaged or gone, naming it, and restores nothing', async () => {
    const copy = join(folder.path, 'copy');
    await cp(backup, copy, { recursive: true });
    const { files } = JSON.parse(await readFile(join(copy, DESCRIPTION_FILE), 'utf8')) as { files: object };
    const names = [DESCRIPTION_FILE, ...Object.keys(files)];
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) {
      const path = join(copy, name);
      const whole = await readFile(path);
      const flipped = Uint8Array.from(whole, (byte, index) => (index === whole.length >> 1 ? byte ^ 4 : byte));
      for (const damage of [() => writeFile(path, flipped), () => writeFile(path, whole.subarray(1)), () => rm(path)]) {
        await damage();
        await expect(restore(copy)).rejects.toThrow(name);
      }
      await writeFile(path, whole);
    }
    await expect(readdir(join(folder.path, 'data'))).rejects.toThrow(/ENOENT/);
    await restore(copy);
    expect((await readdir(join(folder.path, 'data'))).toSorted()).toEqual(['checkpoints', 'q2l.sqlite']);
  });

  it('follows no path out of the backup', async () => {
    const copy = join(folder.path, 'copy');
    await mkdir(copy);
    const { createHash } = await import('node:crypto');
    for (const path of ['data/../../x', '/etc/passwd', 'data/a/../b', 'other/x', 'data\\x']) {
      const description = { formatVersion: 1, createdAt: new Date().toISOString(), engine: 'sqlite', migrations: [], tables: [], leftOut: [], files: { [path]: { bytes: 0, sha256: '0'.repeat(64) } } }; // prettier-ignore
      const text = JSON.stringify(description);
      await writeFile(join(copy, DESCRIPTION_FILE), text);
      await writeFile(join(copy, 'backup.sha256'), createHash('sha256').update(text).digest('hex'));
      await expect(restore(copy)).rejects.toThrow(/is not of a version that is read here/);
    }
  });

  it('leaves out a checkpoint that is damaged already, and says so', async () => {
    const damaged = await place.write();
    await writeFile(join(place.store.folder(damaged.id), 'averages.safetensors'), 'x');
    const target = join(folder.path, 'partial');
    const { leftOut, files } = await createBackup(source, databaseSchema, target);
    expect(leftOut).toEqual([{ path: `checkpoints/${damaged.id}`, fault: expect.stringContaining('averages.safetensors has SHA-256') }]); // prettier-ignore
    expect(Object.keys(files).filter((path) => path.includes(damaged.id))).toEqual([]);
  });
});
