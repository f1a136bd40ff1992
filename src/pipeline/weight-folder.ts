import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { WeightAssets } from '@query2label/sdk';
import { InvalidInputError, NotFoundError } from '../common/errors/index.js';
import { openWeightFile, type WeightFile } from '../common/weight-file/index.js';
import { ConfigurationService } from '../config/index.js';

/** The configured folder of pretrained weights. Names may lead into folders (`mobilenet/model.json`), never out of it. */
@Injectable()
export class WeightFolder implements WeightAssets {
  constructor(private readonly configuration: ConfigurationService) {}

  async list(): Promise<readonly string[]> {
    return (await readdir(this.folder())).sort();
  }

  async read(name: string): Promise<Uint8Array> {
    return readFile(await this.pathOf(name));
  }

  /** Opens a file of tensors, safetensors or PyTorch, without reading them. */
  async open(name: string): Promise<WeightFile> {
    return openWeightFile(await this.pathOf(name), { name });
  }

  private async pathOf(name: string): Promise<string> {
    const segments = name.split('/');
    if (segments.some((segment) => segment === '' || segment === '.' || segment === '..' || segment.includes('\\'))) {
      throw InvalidInputError.field(
        'weights',
        `"${name}" is not a name in the weights folder`,
        'Name a file without leading slash and without "..".',
      );
    }
    const folder = await realpath(this.folder());
    const path = await realpath(join(folder, ...segments)).catch(() => undefined);
    if (path === undefined || !path.startsWith(`${folder}/`))
      throw new NotFoundError('weights file', name, await this.list());
    return path;
  }

  private folder(): string {
    const folder = this.configuration.values.data.weightsFolder;
    if (folder !== '') return folder;
    throw InvalidInputError.field(
      'weights',
      'no weights folder is configured',
      'Set Q2L_WEIGHTS (data.weightsFolder) to the folder that holds pretrained weights, and start again.',
    );
  }
}
