import { createHash } from 'node:crypto';
import type { RgbImage } from '@query2label/sdk';

const KEY_BYTES = 32;

/** Key of a picture: SHA-256 of its pixels, as the backbone is to see them. Views that turn out the same picture have the same key. */
export function keyOfPicture({ data }: RgbImage): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Keys of the pictures of a split, once they are known: a picture is decoded and augmented once for each view. */
export class PictureKeys {
  private readonly tables = new Map<number, { readonly keys: Buffer; readonly known: Uint8Array }>();

  /** @param rows of the split */
  constructor(private readonly rows: number) {}

  get(view: number, row: number): string | undefined {
    const table = this.tables.get(view);
    if (table === undefined || table.known[row] === 0) return undefined;
    return table.keys.toString('hex', row * KEY_BYTES, (row + 1) * KEY_BYTES);
  }

  set(view: number, row: number, key: string): void {
    let table = this.tables.get(view);
    if (table === undefined) {
      table = { keys: Buffer.alloc(this.rows * KEY_BYTES), known: new Uint8Array(this.rows) };
      this.tables.set(view, table);
    }
    table.keys.write(key, row * KEY_BYTES, 'hex');
    table.known[row] = 1;
  }
}
