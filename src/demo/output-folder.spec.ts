import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder, type TemporaryFolder } from '../../test/support/temporary-folder.js';
import { prepareOutput } from './output-folder.js';

describe('the output folder of the demo', () => {
  let folder: TemporaryFolder;
  let output: string;

  beforeEach(async () => {
    folder = await temporaryFolder();
    output = join(folder.path, 'output');
    await mkdir(join(output, 'pictures'), { recursive: true });
    await writeFile(join(output, 'server.log'), 'before');
  });

  afterEach(() => folder.remove());

  it('is made, or emptied of what an earlier demo has left', async () => {
    await prepareOutput(output, []);
    expect(await readdir(output)).toEqual([]);
    await prepareOutput(join(folder.path, 'new', 'output'), [output]);
    expect(await readdir(join(folder.path, 'new', 'output'))).toEqual([]);
  });

  it('is left alone if it holds something else', async () => {
    await writeFile(join(output, 'thesis.tex'), 'years of work');
    await expect(prepareOutput(output, [])).rejects.toThrow(/thesis\.tex.*--output/);
    expect(await readdir(output)).toEqual(['pictures', 'server.log', 'thesis.tex']);
  });

  it('is left alone if the pictures that are to be learned from lie in it', async () => {
    await expect(prepareOutput(output, [join(output, 'pictures')])).rejects.toThrow(
      /pictures lies in the output folder/,
    );
    expect(await readdir(output)).toEqual(['pictures', 'server.log']);
  });
});
