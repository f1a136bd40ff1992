import { type ImporterProvider, Importer, type ImportRecord, type ImportSource, z } from '@query2label/sdk';
import { joinPath, splitName } from '../paths.js';

const options = z.strictObject({
  folder: z.string().default('').describe('Folder that holds the splits, below the imported folder'),
  splits: z
    .array(splitName)
    .min(1)
    .optional()
    .describe('Folders to take as splits; by default every folder found there'),
  extensions: z
    .array(z.string().regex(/^\.[a-z0-9]+$/))
    .min(1)
    .default(['.jpg', '.jpeg', '.png', '.webp'])
    .describe('Endings of image files in lower case; other files are left out with a warning'),
});
type Options = z.output<typeof options>;

/** `<split>/<label>/<image>`: a folder per label in a folder per split. Each image has the label of its folder. */
@Importer({ name: 'folder', description: 'A folder per label in a folder per split', options })
export class FolderImporter implements ImporterProvider<Options> {
  async *read(settings: Options, source: ImportSource): AsyncGenerator<ImportRecord> {
    const splits = settings.splits ?? (await foldersIn(source, settings.folder));
    const labels = await labelsOf(
      source,
      splits.map((split) => joinPath(settings.folder, split)),
    );
    for (const name of labels) yield { kind: 'label', name };
    for (const split of splits) {
      for (const label of await foldersIn(source, joinPath(settings.folder, split))) {
        yield* imagesIn(source, joinPath(settings.folder, split, label), split, label, settings);
      }
    }
  }
}

async function* imagesIn(
  source: ImportSource,
  folder: string,
  split: string,
  label: string,
  { extensions }: Options,
): AsyncGenerator<ImportRecord> {
  for (const { name, kind } of await source.list(folder)) {
    const path = joinPath(folder, name);
    if (kind === 'file' && extensions.some((extension) => name.toLowerCase().endsWith(extension))) {
      yield { kind: 'image', path, split, labels: [label] };
    } else {
      yield { kind: 'warning', message: `${path}: left out; expected a file ending in ${extensions.join(', ')}` };
    }
  }
}

async function labelsOf(source: ImportSource, splitFolders: readonly string[]): Promise<readonly string[]> {
  const labels = new Set<string>();
  for (const folder of splitFolders) for (const label of await foldersIn(source, folder)) labels.add(label);
  if (labels.size > 0) return [...labels].sort();
  throw new Error(
    `${splitFolders.join(', ') || 'the imported folder'}: no folder of a label; expected <split>/<label>/<image>.`,
  );
}

async function foldersIn(source: ImportSource, folder: string): Promise<readonly string[]> {
  const entries = await source.list(folder);
  return entries.filter(({ kind }) => kind === 'folder').map(({ name }) => name);
}
