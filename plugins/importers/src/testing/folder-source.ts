import { createReadStream } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ImportRecord, ImportSource } from '@query2label/sdk';

/** A real folder with the given text files. */
export async function folderOf(files: Readonly<Record<string, string>>): Promise<ImportSource> {
  const root = await mkdtemp(join(tmpdir(), 'q2l-importers-'));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return {
    openText: (path) => createReadStream(join(root, path)),
    exists: (path) =>
      access(join(root, path)).then(
        () => true,
        () => false,
      ),
    list: async (path) => {
      const entries = await readdir(join(root, path), { withFileTypes: true });
      return entries
        .map((entry) => ({ name: entry.name, kind: entry.isDirectory() ? ('folder' as const) : ('file' as const) }))
        .sort((one, other) => (one.name < other.name ? -1 : 1));
    },
  };
}

export async function collect(records: AsyncIterable<ImportRecord>): Promise<ImportRecord[]> {
  const collected: ImportRecord[] = [];
  for await (const record of records) collected.push(record);
  return collected;
}
