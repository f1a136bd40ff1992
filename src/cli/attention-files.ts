import { mkdir } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { download } from '../client/download.js';
import type { GraphqlClient } from '../client/graphql-client.js';
import type { PredictionDetails } from '../client/operations/predictions.js';

/** Characters that every file system takes; the rest of a label's name becomes hyphens. */
const OTHER_CHARACTERS = /[^\p{L}\p{N}_]+/gu;

/** Writes the attention maps of predictions as PNG files: the picture under the map, upsampled to its size. */
export class AttentionFiles {
  private readonly taken = new Set<string>();

  constructor(
    private readonly client: GraphqlClient,
    private readonly folder: string,
  ) {}

  /**
   * @param path of the predicted picture; its name begins those of the files
   * @returns paths of the files, those of the highest scores first
   */
  async write(path: string, { labels }: PredictionDetails): Promise<string[]> {
    await mkdir(this.folder, { recursive: true });
    const written: string[] = [];
    for (const { label, attention } of labels) {
      if (attention === null) continue;
      const file = join(this.folder, this.freeName(`${parse(path).name}-${label.replace(OTHER_CHARACTERS, '-')}`));
      await download(this.client, attention.url, file, () => undefined);
      written.push(file);
    }
    return written;
  }

  /** Pictures of several folders may have one name, and labels may differ by what file names cannot hold. */
  private freeName(wanted: string): string {
    let name = `${wanted}.png`;
    for (let number = 2; this.taken.has(name.toLowerCase()); number += 1) name = `${wanted}-${number}.png`;
    this.taken.add(name.toLowerCase());
    return name;
  }
}
