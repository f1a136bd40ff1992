import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const COLOURS = { red: [230, 30, 30], green: [30, 200, 40], blue: [30, 40, 220] } as const;

/** Noisy pictures of one colour each, 48 wide and 40 high, no two alike up to 14 of each: `<split>/<label>/<number>.jpg`. @param counts pictures of each colour by split */
export async function writeColourFolders(folder: string, counts: Readonly<Record<string, number>>): Promise<void> {
  for (const [split, count] of Object.entries(counts)) {
    for (const [label, colour] of Object.entries(COLOURS)) {
      await mkdir(join(folder, split, label), { recursive: true });
      for (let index = 0; index < count; index += 1) {
        const noise = (at: number): number => (at * (7 + 2 * index) + split.length) % 29;
        const data = Uint8Array.from({ length: 48 * 40 * 3 }, (_, at) => Math.min(255, colour[at % 3] + noise(at)));
        const picture = sharp(data, { raw: { width: 48, height: 40, channels: 3 } }).jpeg();
        await picture.toFile(join(folder, split, label, `${index}.jpg`));
      }
    }
  }
}
