import type { ImageSize, RgbImage } from '@query2label/sdk';

/**
 * Resized pictures in memory up to a number of bytes. What is in stays in: an epoch asks for every picture once, so that
 * throwing out the oldest would throw out each one just before it is asked for again.
 */
export class PictureCache {
  private readonly pictures = new Map<string, RgbImage>();
  private bytes = 0;

  constructor(private readonly budget: number) {}

  /** The picture of that content and size, made by `create` if it is not there. */
  async get(sha256: string, size: ImageSize, create: () => Promise<RgbImage>): Promise<RgbImage> {
    const key = `${sha256} ${size.height} ${size.width}`;
    const known = this.pictures.get(key);
    if (known !== undefined) return known;
    const picture = await create();
    if (!this.pictures.has(key) && this.bytes + picture.data.byteLength <= this.budget) {
      this.bytes += picture.data.byteLength;
      this.pictures.set(key, picture);
    }
    return picture;
  }
}
