import { Injectable } from '@nestjs/common';
import type { ImportRecord, ImportSource } from '@query2label/sdk';
import { LessThan } from 'typeorm';
import { ExpectedError, InvalidInputError } from '../../common/errors/index.js';
import { DatabaseService } from '../../database/index.js';
import type { ResolvedComponent } from '../../plugin/index.js';
import { Dataset, DatasetStatus, Image, Label } from '../entities/index.js';
import { summarize } from '../report/summarize.js';
import { ImageStore } from '../store/image-store.js';
import { stratifiedRecords } from '../stratification/stratified-records.js';
import { FileChecker } from './file-checker.js';
import type { ImportFolder } from './import-folder.js';
import { ImportPhase, type ImportProgressListener, PhaseProgress } from './import-progress.js';
import { RecordStager } from './record-stager.js';

/** Entries between two reports of progress while the annotations are read. */
const PROGRESS_EVERY = 500;

/**
 * Carries out one import in chunks, each a transaction of its own: annotations into the database, files into the store,
 * then the report. An import that was interrupted is carried out again and finds most of its work done.
 */
@Injectable()
export class DatasetImporter {
  constructor(
    private readonly database: DatabaseService,
    private readonly store: ImageStore,
  ) {}

  /** @param dataset IMPORTING, with the generation of this import */
  async run(
    dataset: Dataset,
    importer: ResolvedComponent<'importer'>,
    folder: ImportFolder,
    listener: ImportProgressListener,
  ): Promise<Dataset> {
    const stager = await this.stage(dataset, importer, folder, listener);
    await this.removeUnlisted(dataset);
    const total = await this.database.read.countBy(Image, { datasetId: dataset.id });
    const files = new PhaseProgress(ImportPhase.FILES, total, listener);
    await new FileChecker(this.database, this.store, folder).checkAll(dataset, files);
    const counting = new PhaseProgress(ImportPhase.REPORT, total, listener);
    const { warningCount: count, warnings: first } = stager;
    const { report, contentHash } = await summarize(this.database, dataset, { count, first });
    counting.advance(total);
    const result = {
      status: DatasetStatus.READY,
      problem: null,
      report,
      contentHash,
      imageCount: report.images,
      updatedAt: new Date(),
    };
    await this.database.write(async (manager) => {
      await manager.save(Dataset, { id: dataset.id, ...result });
    });
    return Object.assign(new Dataset(), dataset, result);
  }

  private async stage(
    dataset: Dataset,
    importer: ResolvedComponent<'importer'>,
    folder: ImportFolder,
    listener: ImportProgressListener,
  ): Promise<RecordStager> {
    const labels = await this.database.read.find(Label, { where: { datasetId: dataset.id }, order: { index: 'ASC' } });
    const stager = new RecordStager(this.database, dataset, labels);
    const progress = new PhaseProgress(ImportPhase.ANNOTATIONS, null, listener);
    let entries = 0;
    const records = recordsOf(importer, folder);
    const { stratification } = dataset;
    for await (const record of stratification === null ? records : stratifiedRecords(records, stratification)) {
      await stager.take(record);
      if (record.kind === 'image' && ++entries % PROGRESS_EVERY === 0) progress.advance(PROGRESS_EVERY);
    }
    await stager.flush();
    progress.advance(entries % PROGRESS_EVERY);
    return stager;
  }

  /** Entries that an earlier import listed and this one does not. */
  private async removeUnlisted({ id, generation }: Dataset): Promise<void> {
    await this.database.write(async (manager) => {
      await manager.delete(Image, { datasetId: id, generation: LessThan(generation) });
    });
  }
}

/** What the importer yields; its complaints about the annotations are the caller's to mend. */
async function* recordsOf(
  { component, provider, options }: ResolvedComponent<'importer'>,
  source: ImportSource,
): AsyncGenerator<ImportRecord, void, undefined> {
  const records = provider.read(options, source)[Symbol.asyncIterator]();
  for (;;) {
    const next = await records.next().catch((error: unknown) => {
      if (error instanceof ExpectedError) throw error;
      const finding = error instanceof Error ? error.message : String(error);
      throw InvalidInputError.field('importer', `${component.name}: ${finding}`);
    });
    if (next.done === true) return;
    yield next.value;
  }
}
