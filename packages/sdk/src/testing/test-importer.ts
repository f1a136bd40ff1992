import type { ImportRecord, ImportSource } from '../contracts/index.js';
import { ensure } from './conformance.js';
import type { ConformanceCheck, TestFramework } from './conformance.js';
import { declarationChecks, registerComponentChecks, resolveComponent } from './declaration-checks.js';
import type { ComponentUnderTest } from './declaration-checks.js';
import { memorySource } from './memory-source.js';
import type { SourceFiles } from './memory-source.js';

export interface ImporterUnderTest extends ComponentUnderTest {
  /** A small dataset in the importer's layout, with at least two images and one label. Pictures may be empty files. */
  readonly files: SourceFiles;
}

async function collect(records: AsyncIterable<ImportRecord>): Promise<readonly ImportRecord[]> {
  const collected: ImportRecord[] = [];
  for await (const record of records) collected.push(record);
  return collected;
}

function checkOrder(records: readonly ImportRecord[]): void {
  const labels = new Set<string>();
  for (const record of records) {
    if (record.kind === 'label') {
      ensure(record.name.trim() !== '', 'A label has no name.');
      ensure(!labels.has(record.name), `The label "${record.name}" comes twice.`);
      labels.add(record.name);
    }
    if (record.kind !== 'image') continue;
    for (const name of [...record.labels, ...(record.unknownLabels ?? [])]) {
      ensure(labels.has(name), `The image "${record.path}" has the label "${name}", which comes later or never.`);
    }
  }
}

function checkImage(record: Extract<ImportRecord, { kind: 'image' }>): void {
  const { path, split, labels, unknownLabels = [] } = record;
  ensure(split.trim() !== '', `The image "${path}" has no split.`);
  ensure(
    path !== '' && !path.startsWith('/') && !path.split('/').includes('..'),
    `The path "${path}" is not one inside the folder.`,
  );
  ensure(new Set(labels).size === labels.length, `The image "${path}" has a label twice: ${labels.join(', ')}.`);
  const both = unknownLabels.find((label) => labels.includes(label));
  ensure(both === undefined, `In the image "${path}" the label "${both}" is both present and unknown.`);
}

/** The checks that every importer passes. */
export function importerChecks(subject: ImporterUnderTest): readonly ConformanceCheck[] {
  const read = (source: ImportSource): AsyncIterable<ImportRecord> => {
    const { provider, options } = resolveComponent('importer', subject);
    return provider.read(options, source);
  };
  return [
    ...declarationChecks('importer', subject),
    {
      name: 'yields labels once each and before the images that have them',
      run: async () => checkOrder(await collect(read(memorySource(subject.files)))),
    },
    {
      name: 'yields images with a path inside the folder, a split, and each label once',
      run: async () => {
        const records = await collect(read(memorySource(subject.files)));
        const images = records.filter((record) => record.kind === 'image');
        ensure(images.length >= 2, `It yields ${images.length} images. The test's files need at least two.`);
        images.forEach(checkImage);
      },
    },
    {
      name: 'yields the same records each time',
      run: async () => {
        const [first, second] = [
          JSON.stringify(await collect(read(memorySource(subject.files)))),
          JSON.stringify(await collect(read(memorySource(subject.files)))),
        ];
        ensure(first === second, 'Two readings of the same files differ.');
      },
    },
    {
      name: 'closes what it opened, also when nobody wants the rest',
      run: async () => {
        const whole = memorySource(subject.files);
        await collect(read(whole));
        ensure(whole.open.size === 0, `Left open after reading all: ${[...whole.open].join(', ')}.`);
        const part = memorySource(subject.files);
        for await (const record of read(part)) if (record.kind === 'image') break;
        // A library's stream may close one turn of the loop later.
        await new Promise((resolve) => setTimeout(resolve, 50));
        ensure(part.open.size === 0, `Left open after reading one image: ${[...part.open].join(', ')}.`);
      },
    },
    {
      name: 'refuses a folder in which it finds nothing',
      run: async () => {
        const refused = await collect(read(memorySource({ 'unrelated.bin': '' }))).then(
          () => false,
          (error: unknown) => error instanceof Error && error.message !== '',
        );
        ensure(
          refused,
          'A folder without the expected files was read as an empty dataset. Throw an error that says what is missing.',
        );
      },
    },
  ];
}

/** Registers the conformance checks of an importer as tests. */
export function testImporter(subject: ImporterUnderTest, framework: TestFramework): void {
  registerComponentChecks('importer', subject, importerChecks(subject), framework);
}
