import { readFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { UnreadableImageError } from '../../common/errors/index.js';
import { decodeRgb, inspectImage } from './decode-image.js';

interface ExpectedFile {
  readonly file: string;
  readonly verdict: 'accept' | 'refuse';
  readonly borderline?: boolean;
  readonly format?: string;
  readonly width?: number;
  readonly height?: number;
  readonly meanRgb?: readonly number[];
  readonly meanRgbOnWhite?: readonly number[];
  readonly tolerance?: number;
}

const shared = process.env.Q2L_SHARED;
const folder = join(shared ?? '.', 'data/hostile-images');
const limits = { bytes: 20_000_000, pixels: 50_000_000 };

function expectedFiles(): readonly ExpectedFile[] {
  if (shared === undefined) return [];
  const content = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as { files: ExpectedFile[] };
  return content.files;
}

const accepted = expectedFiles().filter(({ verdict }) => verdict === 'accept');
const refused = expectedFiles().filter(({ verdict }) => verdict === 'refuse');

(shared === undefined ? describe.skip : describe)('hostile images (Q2L_SHARED)', () => {
  it.each(accepted.map((file) => [file.file, file] as const))('accepts %s', async (name, expected) => {
    const bytes = await readFile(join(folder, name));
    const facts = await inspectImage(bytes, limits, name);
    const { format, width, height } = expected;
    expect(facts).toEqual({ format, width, height });

    const image = await decodeRgb(bytes, limits, name);
    expect([image.width, image.height, image.data.length]).toEqual([width, height, 3 * facts.width * facts.height]);
    const means = meanRgb(image.data);
    const wanted = expected.meanRgbOnWhite ?? expected.meanRgb ?? [];
    wanted.forEach((mean, channel) =>
      expect(Math.abs(means[channel] - mean)).toBeLessThanOrEqual(expected.tolerance ?? 0),
    );
  });

  it.each(refused.map(({ file }) => [file]))('refuses %s with its name and what was expected', async (name) => {
    const bytes = await readFile(join(folder, name));
    const failure: unknown = await inspectImage(bytes, limits, name).catch((error: unknown) => error);
    if (!(failure instanceof UnreadableImageError)) throw new Error(`${name} was accepted: ${JSON.stringify(failure)}`);
    expect(failure.message).toContain(name);
    expect(failure.help).toBeTruthy();
    await expect(decodeRgb(bytes, limits, name)).rejects.toBeInstanceOf(UnreadableImageError);
  });
});

function meanRgb(data: Uint8Array): number[] {
  const sums = [0, 0, 0];
  data.forEach((value, index) => (sums[index % 3] += value));
  return sums.map((sum) => (sum / data.length) * 3);
}
