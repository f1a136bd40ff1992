import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { smallDraft, smallTensors } from '../../../test/support/checkpoint-place.js';
import { FaultyFileOperations, type FileStep, systemError } from '../../../test/support/faulty-file-operations.js';
import { temporaryFolder, type TemporaryFolder } from '../../../test/support/temporary-folder.js';
import { CheckpointWriteError } from './checkpoint-write-error.js';
import { FileOperations } from './file-operations.js';
import { inspectContainer } from './inspect-container.js';
import { writeContainer, type WrittenContainer } from './write-container.js';

const { parameters, averages = {}, optimizer = {} } = smallTensors();
const FILES = { parameters, averages, optimizer };

describe('writeContainer', () => {
  let place: TemporaryFolder;
  let root: string;

  beforeEach(async () => {
    place = await temporaryFolder();
    root = join(place.path, 'data', 'checkpoints');
  });

  afterEach(() => place.remove());

  const write = (operations: FileOperations, draft = smallDraft()): Promise<WrittenContainer> =>
    writeContainer(operations, join(root, draft.id), draft, FILES);

  it('flushes everything before it can be relied on: a power failure after the last step loses nothing', async () => {
    const operations = new FaultyFileOperations();
    const { manifest } = await write(operations);
    expect(lostByPowerFailure(operations.steps, place.path)).toEqual([]);
    const files = [...Object.keys(manifest.files), 'manifest.json'];
    expect((await readdir(join(root, manifest.id))).toSorted()).toEqual(files.toSorted());
    // The model itself: without the last flush, the rename is not kept.
    expect(lostByPowerFailure(operations.steps.slice(0, -1), place.path)).not.toEqual([]);
  });

  it('renames only what is whole and flushed: a power failure at any step leaves the final name out, or all of it', async () => {
    const operations = new FaultyFileOperations();
    await write(operations);
    const renamed = operations.steps.findIndex(({ name }) => name === 'rename');
    const before = operations.steps.slice(0, renamed);
    const inside = lostByPowerFailure(before, place.path).filter((path) => dirname(path) !== root);
    expect(inside).toEqual([]);
  });

  it('leaves nothing of a failed attempt, and says what failed at which file, whichever step it is', async () => {
    const probe = new FaultyFileOperations();
    await write(probe);
    // Folders exist from now on, so that an attempt has fewer steps.
    const ordinary = new FaultyFileOperations();
    const old = await write(ordinary);
    const before = await readdir(root);
    for (const code of ['ENOSPC', 'EIO', 'EACCES', 'EROFS']) {
      for (const [number, step] of ordinary.steps.entries()) {
        const operations = new FaultyFileOperations((each, at) => {
          if (at === number) throw systemError(code, each);
        });
        const error = await write(operations).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(CheckpointWriteError);
        expect(error).toMatchObject({ code: 'CHECKPOINT_NOT_WRITTEN', message: expect.stringContaining(code) });
        if (step.name === 'write') expect(error).toMatchObject({ message: expect.stringContaining(basename(step.path)) }); // prettier-ignore
        expect(await readdir(root)).toEqual(before);
      }
    }
    expect(await inspectContainer(join(root, old.manifest.id), old.manifestSha256, true)).toEqual({ state: 'whole' });
  });

  it('tells the first error when removing what is half-written fails as well', async () => {
    const operations = new FaultyFileOperations((step) => {
      if (step.name === 'sync') throw systemError('EIO', step);
      if (step.name === 'remove' || step.name === 'close') throw systemError('EROFS', step);
    });
    await expect(write(operations)).rejects.toThrow(/parameters\.safetensors: the disk reports a fault \(EIO\)/);
  });

  it('is not disturbed by what an earlier attempt left, and does not touch it', async () => {
    const draft = smallDraft();
    const left = join(root, `.unfinished-${draft.id}-left`);
    await mkdir(left, { recursive: true });
    await writeFile(join(left, 'parameters.safetensors'), 'half');
    const { manifestSha256 } = await write(new FileOperations(), draft);
    expect(await inspectContainer(join(root, draft.id), manifestSha256, true)).toEqual({ state: 'whole' });
    expect(await readFile(join(left, 'parameters.safetensors'), 'utf8')).toBe('half');
  });

  it('does not overwrite a folder of the same id', async () => {
    const draft = smallDraft();
    const first = await write(new FileOperations(), draft);
    await expect(write(new FileOperations(), { ...draft, labels: ['other', 'labels'] })).rejects.toThrow(
      /something is there already \(ENOTEMPTY\)/,
    );
    expect(await inspectContainer(join(root, draft.id), first.manifestSha256, true)).toEqual({ state: 'whole' });
    expect(await readdir(root)).toEqual([draft.id]);
  });
});

/**
 * What a power failure after these steps would lose, by the promises of POSIX alone: the bytes of a file are kept by its own flush, a name in
 * a folder (new or renamed) by the flush of that folder.
 */
function lostByPowerFailure(steps: readonly FileStep[], kept: string): string[] {
  const names = new Set<string>();
  const bytes = new Set<string>();
  for (const { name, path, to = path } of steps) {
    if (name === 'makeFolder' || name === 'createFile' || name === 'rename') names.add(to);
    if (name === 'rename') names.delete(path);
    if (name === 'write') bytes.add(path);
    if (name === 'sync') bytes.delete(path);
    if (name === 'syncFolder') for (const each of names) if (dirname(each) === path) names.delete(each);
    // Flushed by name before the rename, and not open any more.
    if (name === 'remove') names.delete(path);
  }
  return [...names, ...bytes].filter((path) => path !== kept);
}
