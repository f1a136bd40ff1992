import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

/** A JPEG of one colour, 32 wide and 24 high; different colours give different files. */
export function jpegOf(colour: string): Promise<Buffer> {
  return sharp({ create: { width: 32, height: 24, channels: 3, background: colour } })
    .jpeg()
    .toBuffer();
}

/**
 * Writes a folder to import: two splits of pictures with everything that a report has to tell, described by
 * `rows.jsonl` (columns image, labels, unknown, part).
 */
export async function writePictureFolder(root: string): Promise<void> {
  const red = await jpegOf('#ff0000');
  const blue = await jpegOf('#0000ff');
  await write(root, 'photos/red.jpg', red);
  await write(root, 'photos/blue.jpg', blue);
  await write(root, 'photos/green.jpg', await jpegOf('#00ff00'));
  await write(root, 'photos/white.jpg', await jpegOf('#ffffff'));
  await write(root, 'photos/red-again.jpg', red);
  await write(root, 'photos/blue-in-validation.jpg', blue);
  await write(root, 'photos/cut.jpg', red.subarray(0, red.length / 2));
  await write(root, 'photos/page.jpg', Buffer.from('<html></html>'));
  await symlink('/etc/hostname', join(root, 'photos/link.jpg'));
  const rows = [
    ['photos/red.jpg', ['warm'], [], 'train'],
    ['photos/blue.jpg', ['cold'], ['dark'], 'train'],
    ['./photos/../photos/red.jpg', ['bright'], [], 'train'],
    ['photos/green.jpg', ['cold', 'bright'], [], 'train'],
    ['photos/red-again.jpg', ['warm'], [], 'train'],
    ['photos/cut.jpg', ['warm'], [], 'train'],
    ['photos/gone.jpg', ['warm'], [], 'train'],
    ['photos/link.jpg', ['warm'], [], 'train'],
    ['../outside.jpg', ['warm'], [], 'train'],
    ['photos/blue-in-validation.jpg', ['cold'], [], 'validation'],
    ['photos/white.jpg', [], [], 'validation'],
    ['photos/page.jpg', ['warm'], [], 'validation'],
  ] as const;
  const lines = rows.map(([image, labels, unknown, part]) => JSON.stringify({ image, labels, unknown, part }));
  await write(root, 'rows.jsonl', Buffer.from(lines.join('\n')));
}

/** Options of the importer `jsonl` for that folder. */
export const PICTURE_OPTIONS = { file: 'rows.jsonl', unknownColumn: 'unknown', splitColumn: 'part' };

async function write(root: string, path: string, content: Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}
