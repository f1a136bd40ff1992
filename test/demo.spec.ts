import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { codeBlocks } from './support/guide.js';
import { GuideReader } from './support/run-guide.js';
import { writeSceneFolder } from './support/scene-folder.js';
import { startServerProcess } from './support/server-process.js';
import { temporaryFolder, type TemporaryFolder } from './support/temporary-folder.js';

const DEMO = fileURLToPath(new URL('../dist/demo.js', import.meta.url));

describe('the demo with a COCO dataset of somebody’s own', () => {
  let folder: TemporaryFolder;

  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeSceneFolder(join(folder.path, 'own'));
    await writeFile(join(folder.path, 'own/images/train/000003.jpg'), 'not a picture');
    await rm(join(folder.path, 'own/images/train/000004.jpg'));
  }, 60_000);

  afterAll(() => folder.remove());

  /** `npm run demo -- ...`, without the build. */
  async function demo(...arguments_: string[]): Promise<{ exitCode: number | null; output: string; errors: string }> {
    const child = spawn(process.execPath, [DEMO, ...arguments_], {
      cwd: folder.path,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    await once(child, 'close');
    return { exitCode: child.exitCode, output, errors };
  }

  it('trains, measures, draws the attention, and ends with what it has left', async () => {
    const { exitCode, output, errors } = await demo('--data', 'own', '--epochs', '2');
    expect({ exitCode, errors }).toMatchObject({
      exitCode: 0,
      errors: expect.stringMatching(/training 24\/24 epoch 2\/2/),
    });
    expect(output).toContain('22 train, 12 validation pictures, 16 labels');
    expect(output).toMatch(/files missing: 1, for example images\/train\/000004\.jpg/);
    expect(output).toMatch(/files unreadable: 1, for example images\/train\/000003\.jpg/);
    expect(output).toMatch(/Pipeline: a small residual network from random weights.*--weights FOLDER/);
    expect(output).toMatch(/Validation mAP \(voc-all-point\) 0\.\d{4} with (raw|averaged) parameters/);
    expect(output).toMatch(/In own\/images\/val\/\d+\.jpg \(a validation picture, not learned from\)/);
    expect(output).toMatch(/True labels: \w/);
    for (const left of ['attention.png', 'data', 'server.log']) {
      expect(output).toContain(`  demo-output/${left} `);
      await access(join(folder.path, 'demo-output', left));
    }
    expect(output).not.toContain('demo-output/pictures');
    expect(output).toContain('Q2L_DATA=demo-output/data npm start');
    const { format, width = 0, height = 0 } = await sharp(join(folder.path, 'demo-output/attention.png')).metadata();
    // Two tiles at least: the picture, and a map.
    expect([format, width >= 2 * 256, height >= 256]).toEqual(['png', true, true]);
  }, 120_000);

  it('leaves a platform on which the sessions of README.md run', async () => {
    const picture = 'demo-output/pictures/unseen/000002.jpg';
    await cp(join(folder.path, 'own/unseen/000002.jpg'), join(folder.path, picture), { recursive: true });
    const data = join(folder.path, 'demo-output/data');
    const server = await startServerProcess({ Q2L_DATA: data, DATABASE_URL: '' });
    try {
      const blocks = (await codeBlocks('README.md')).filter(({ code }) => /localhost:3000|q2l [a-z]/.test(code));
      const sessions = blocks.filter(({ code }) => !code.includes('npm start'));
      expect(sessions.map(({ language }) => language)).toEqual(['sh', 'graphql']);
      await new GuideReader(server.client, folder.path).followAll(sessions);
    } finally {
      await server.stop();
    }
  }, 60_000);

  it('refuses a folder that is no COCO dataset, and weights that it cannot use', async () => {
    const none = await demo('--data', '.', '--output', 'other');
    expect(none).toMatchObject({
      exitCode: 1,
      errors: expect.stringMatching(/lacks annotations\/instances_train\.json/),
    });
    const useless = await demo('--data', 'own', '--weights', 'own', '--output', 'other');
    expect(useless).toMatchObject({ exitCode: 1, errors: expect.stringMatching(/no TensorFlow\.js layers model/) });
    expect(await demo('--weights', 'own')).toMatchObject({ exitCode: 1, errors: expect.stringContaining('--data') });
  }, 60_000);
});
