import { posix } from 'node:path';
import type { ImportRecord } from '@query2label/sdk';
import type { EntityManager } from 'typeorm';
import { InvalidInputError } from '../../common/errors/index.js';
import { newIdentifier } from '../../common/identifiers.js';
import type { DatabaseService } from '../../database/index.js';
import { type Dataset, Label } from '../entities/index.js';
import { EXAMPLES } from '../report/import-report.js';
import { type StagedImage, writeImages } from './write-images.js';

/** Records written in one transaction. */
const CHUNK = 500;

type ImageRecord = Extract<ImportRecord, { kind: 'image' }>;

/** Takes in the records of an importer: labels and image entries go into the database in chunks, files come later. */
export class RecordStager {
  private readonly indexOfLabel = new Map<string, number>();
  private newLabels: Omit<Label, 'dataset'>[] = [];
  private images: StagedImage[] = [];
  private position = 0;
  warningCount = 0;
  readonly warnings: string[] = [];

  /** @param labels known from an earlier import; they keep their indices */
  constructor(
    private readonly database: DatabaseService,
    private readonly dataset: Dataset,
    labels: readonly Label[],
  ) {
    for (const { name, index } of labels) this.indexOfLabel.set(name, index);
  }

  /** @throws InvalidInputError if the record contradicts what came before */
  async take(record: ImportRecord): Promise<void> {
    if (record.kind === 'warning') this.warn(record.message);
    else if (record.kind === 'label') this.addLabel(record.name, record.externalId);
    else this.images.push(this.stage(record));
    if (this.images.length >= CHUNK) await this.flush();
  }

  /** Writes what is not written yet. */
  async flush(): Promise<void> {
    const { newLabels, images, dataset } = this;
    this.newLabels = [];
    this.images = [];
    if (newLabels.length + images.length === 0) return;
    await this.database.write(async (manager: EntityManager) => {
      if (newLabels.length > 0) await manager.insert(Label, newLabels);
      await writeImages(manager, dataset, images);
    });
  }

  private warn(message: string): void {
    this.warningCount++;
    if (this.warnings.length < EXAMPLES) this.warnings.push(message);
  }

  private addLabel(name: string, externalId: string | undefined): void {
    if (this.indexOfLabel.has(name)) return;
    if (name.length < 1 || name.length > 255) {
      throw InvalidInputError.field('importer', `label "${name.slice(0, 40)}": expected a name of 1 to 255 characters`);
    }
    const index = this.indexOfLabel.size;
    this.indexOfLabel.set(name, index);
    this.newLabels.push({
      id: newIdentifier(),
      datasetId: this.dataset.id,
      index,
      name,
      externalId: externalId ?? null,
    });
  }

  private stage(record: ImageRecord): StagedImage {
    const path = posix.normalize(record.path);
    if (path.length > 1024 || path.includes('\0')) {
      const shown = JSON.stringify(path.slice(0, 40));
      throw InvalidInputError.field(
        'importer',
        `image path ${shown}: expected at most 1024 characters, none of them NUL`,
      );
    }
    const values = new Map<number, 1 | -1>();
    for (const name of record.unknownLabels ?? []) values.set(this.indexOf(name, path), -1);
    for (const name of record.labels) values.set(this.indexOf(name, path), 1);
    return { path, split: record.split, externalId: record.externalId ?? null, position: this.position++, values };
  }

  private indexOf(label: string, path: string): number {
    const index = this.indexOfLabel.get(label);
    if (index !== undefined) return index;
    throw InvalidInputError.field(
      'importer',
      `image "${path}" has the label "${label}", which was not announced before`,
    );
  }
}
