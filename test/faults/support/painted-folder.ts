import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const COLOURS = { red: [220, 40, 40], green: [40, 190, 50], blue: [40, 50, 210] } as const;
const WIDTH = 20;
const HEIGHT = 16;

/**
 * Writes small noisy pictures of one colour each, `SPLIT/COLOUR/NUMBER.png`, for the importer `folder`.
 * @param perColour pictures of each colour and split
 */
export async function paintFolder(folder: string, perColour: { train: number; validation: number }): Promise<void> {
  for (const [split, count] of Object.entries(perColour)) {
    for (const [colour, mean] of Object.entries(COLOURS)) {
      await mkdir(join(folder, split, colour), { recursive: true });
      for (let index = 0; index < count; index += 1) {
        const shift = index * 17 + (split === 'train' ? 0 : 7);
        const noise = (at: number): number => ((at * 31 + shift) % 61) - 30;
        const data = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, at) => mean[at % 3] + noise(at));
        const picture = sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } }).png();
        await picture.toFile(join(folder, split, colour, `${index}.png`));
      }
    }
  }
}
