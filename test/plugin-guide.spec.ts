import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jpegOf } from './support/picture-folder.js';
import { registryOf } from './support/component-registry.js';
import { codeBlocks, type CodeBlock, fileOf, ROOT } from './support/guide.js';
import { runQ2l } from './support/run-q2l.js';
import { type ServerPlace, startServerProcess } from './support/server-process.js';
import { temporaryFolder, type TemporaryFolder } from './support/temporary-folder.js';
import { createTestDatabase, type TestDatabase } from './support/test-database.js';

const execute = promisify(execFile);
const COMPONENTS = [
  ...['backbone tiny-net', 'decoder mean-pool', 'loss weighted-cross-entropy', 'optimizer sign-momentum'],
  ...['schedule halving', 'augmentation vertical-flip', 'importer lines', 'metric decided-rightly'],
];

/** Follows docs/writing-a-plugin.md from its first command to its last. */
describe('a team that follows the guide', () => {
  let blocks: readonly CodeBlock[];
  let folder: TemporaryFolder;
  let database: TestDatabase;
  let plugin: string;

  beforeAll(async () => {
    blocks = await codeBlocks('docs/writing-a-plugin.md');
    folder = await temporaryFolder();
    database = await createTestDatabase();
    plugin = join(folder.path, 'my-plugin');
  });

  afterAll(async () => {
    await database.drop();
    await folder.remove();
  });

  const shell = (commands: string, where: string, environment: Readonly<Record<string, string>> = {}) =>
    execute('bash', ['-euo', 'pipefail', '-c', commands], {
      cwd: where,
      // Of the processes that jest starts, this one is no part of jest.
      env: { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined, ...environment },
    });

  /** What `npm install` of folders does, without a registry: links to the SDK, the compiler and its types. */
  async function installSdk(where: string): Promise<void> {
    await mkdir(join(where, 'node_modules/@query2label'), { recursive: true });
    await mkdir(join(where, 'node_modules/@types'));
    await mkdir(join(where, 'node_modules/.bin'));
    await symlink(join(ROOT, 'node_modules/@types/node'), join(where, 'node_modules/@types/node'));
    await symlink(join(ROOT, 'packages/sdk'), join(where, 'node_modules/@query2label/sdk'));
    await symlink(join(ROOT, 'node_modules/typescript/bin/tsc'), join(where, 'node_modules/.bin/tsc'));
  }

  it('copies the template to a folder of its own, builds and tests it', async () => {
    const [start] = blocks.filter(({ language }) => language === 'sh');
    const lines = start.code.trimEnd().split('\n');
    const install = lines.findIndex((line) => line.startsWith('npm install'));
    await shell(lines.slice(0, install).join('\n'), folder.path, { PLATFORM: ROOT });
    await installSdk(plugin);
    expect(lines.slice(install + 1)).toEqual(['npm run build', 'npm test']);
    const { stdout } = await shell(lines.slice(install + 1).join('\n'), plugin);
    expect(stdout).toMatch(/# pass [1-9]\d*\n# fail 0/);
    expect(JSON.parse(await readFile(join(plugin, 'package.json'), 'utf8'))).toMatchObject({ name: '@team/my-plugin' });
  }, 120_000);

  it('adds a component of each kind, and runs the conformance kit over them', async () => {
    for (const block of blocks) {
      const file = fileOf(block);
      if (file === undefined) continue;
      await mkdir(dirname(join(plugin, file)), { recursive: true });
      await writeFile(join(plugin, file), block.code);
    }
    const { stdout } = await shell('npm run build && npm test', plugin);
    expect(stdout).toMatch(/# pass [1-9]\d*\n# fail 0/);
    for (const title of [
      ...['backbone TinyNet', 'decoder MeanPool', 'loss WeightedCrossEntropy', 'optimizer SignMomentum'],
      ...['schedule Halving', 'augmentation VerticalFlip', 'metric DecidedRightly', 'importer Lines'],
    ])
      expect(stdout).toContain(title);
  }, 120_000);

  it('loads it under jest, from its sources', async () => {
    const registry = await registryOf(plugin);
    expect(
      registry
        .list()
        .map(({ kind, name }) => `${kind} ${name}`)
        .sort(),
    ).toEqual([...COMPONENTS].sort());
  });

  it('names its path in the configuration, and trains with all of it by the commands of the guide', async () => {
    await paintPictures(join(folder.path, 'pictures'));
    await writeFile(join(folder.path, 'q2l.config.yaml'), 'plugins:\n  folders: [my-plugin]\n');
    const server = await startServerProcess(
      { Q2L_DATA: 'data', Q2L_IMPORT_FOLDERS: 'pictures=pictures', DATABASE_URL: database.url },
      { folder: folder.path },
    );
    try {
      const commands = blocks.find(({ code }) => code.startsWith('q2l datasets import'))?.code.trimEnd() ?? '';
      const q2l = `q2l() { node "${ROOT}/bin/q2l.js" "$@"; }\n`;
      const { stdout } = await shell(q2l + commands, plugin, { Q2L_SERVER: server.client.url });
      expect(stdout).toMatch(/images +train 16, validation 8/);
      expect(stdout).toMatch(/status +succeeded/);
      expect(stdout).toMatch(/best +\d+ +voc-all-point \d\.\d{4}/);
      const { trainingRuns } = await server.client.data<{ trainingRuns: { nodes: { metrics: { name: string }[] }[] } }>(
        '{ trainingRuns { nodes { metrics { name } } } }',
      );
      expect(trainingRuns.nodes[0].metrics.map(({ name }) => name)).toContain('decided-rightly');
    } finally {
      await server.stop();
    }
  }, 120_000);

  it('packs it, installs the package, and names it in the configuration', async () => {
    const place = join(folder.path, 'installed');
    await mkdir(join(place, 'node_modules/@query2label'), { recursive: true });
    await symlink(join(ROOT, 'packages/sdk'), join(place, 'node_modules/@query2label/sdk'));
    const target = join(place, 'node_modules/@team/my-plugin');
    await mkdir(target, { recursive: true });
    await shell(
      `npm pack --pack-destination "${place}" && tar -xzf "${place}"/*.tgz --strip-components=1 -C "${target}"`,
      plugin,
    );
    await writeFile(join(place, 'q2l.config.yaml'), "plugins:\n  packages: ['@team/my-plugin']\n");
    expect(await loadedBy({ folder: place })).toEqual([...COMPONENTS].sort());
    const { errors, exitCode } = await runQ2l(['config'], { folder: place });
    expect({ errors, exitCode }).toMatchObject({ exitCode: 0, errors: expect.stringContaining('q2l.config.yaml') });
  }, 60_000);

  it('copies it to plugins/ of a platform, where nothing names it', async () => {
    const platform = join(folder.path, 'platform');
    await cp(join(ROOT, 'dist'), join(platform, 'dist'), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(platform, 'node_modules'));
    for (const name of await readdir(join(ROOT, 'plugins'))) {
      for (const part of ['package.json', 'dist'])
        await cp(join(ROOT, 'plugins', name, part), join(platform, 'plugins', name, part), { recursive: true });
    }
    await cp(plugin, join(platform, 'plugins/my-plugin'), { recursive: true });
    await rm(join(platform, 'plugins/my-plugin/node_modules'), { recursive: true });
    expect(await loadedBy({ folder: platform, main: join(platform, 'dist/main.js') })).toEqual([...COMPONENTS].sort());
  }, 60_000);

  /** The components of the plugin in a built server. */
  async function loadedBy(place: ServerPlace): Promise<string[]> {
    const server = await startServerProcess({ Q2L_DATA: 'data', DATABASE_URL: database.url }, place);
    try {
      const { plugins } = await server.client.data<{
        plugins: { nodes: { name: string; components: { kind: string; name: string }[] }[] };
      }>('{ plugins(first: 100) { nodes { name components { kind name } } } }');
      const mine = plugins.nodes.find(({ name }) => name === 'my-plugin')?.components ?? [];
      return mine.map(({ kind, name }) => `${kind.toLowerCase()} ${name}`).sort();
    } finally {
      await server.stop();
    }
  }
});

/** Pictures with the annotations that the guide's importer reads. */
async function paintPictures(folder: string): Promise<void> {
  await mkdir(folder);
  for (const [split, count] of [
    ['train', 16],
    ['validation', 8],
  ] as const) {
    const lines: string[] = [];
    for (let index = 0; index < count; index++) {
      const light = index % 2 === 0;
      const grey = (light ? 160 : 10) + index * 4;
      const name = `${split}-${index}.jpg`;
      await writeFile(join(folder, name), await jpegOf(`rgb(${grey},${grey},${grey})`));
      lines.push(`${name}\t${light ? 'light' : 'dark'}`);
    }
    await writeFile(join(folder, `${split}.txt`), lines.join('\n'));
  }
}
