import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { ConflictError, ExpectedError, InvalidInputError, NotFoundError } from '../common/errors/index.js';
import { type ConnectionArguments, type Page, paginate } from '../common/graphql/index.js';
import { newIdentifier } from '../common/identifiers.js';
import { ConfigurationService } from '../config/index.js';
import { DatabaseService, isForeignKeyViolation } from '../database/index.js';
import { LOGGER } from '../logging/index.js';
import { ComponentRegistry, type ResolvedComponent } from '../plugin/index.js';
import { Dataset, DatasetStatus, Image, Label } from './entities/index.js';
import { DatasetImporter } from './import/dataset-importer.js';
import { ImportFolder } from './import/import-folder.js';
import type { ImportProgress, ImportProgressListener } from './import/import-progress.js';
import { UnusedImages } from './store/unused-images.js';
import { parseStratification } from './stratification/stratification.js';
import type { ImportRequest } from './import/import-request.js';

/** An import that was accepted: the dataset as it is now, and as it will be. */
export interface StartedImport {
  readonly dataset: Dataset;
  readonly finished: Promise<Dataset>;
}

/** Where a dataset comes from: the same again updates it. */
type DatasetSource = Pick<Dataset, 'importer' | 'importerOptions' | 'folder' | 'path' | 'stratification'>;

/** Datasets: importing and finding them. */
@Injectable()
export class DatasetService {
  private readonly running = new Map<string, ImportProgress | undefined>();

  constructor(
    private readonly database: DatabaseService,
    private readonly registry: ComponentRegistry,
    private readonly configuration: ConfigurationService,
    private readonly importer: DatasetImporter,
    private readonly unused: UnusedImages,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws NotFoundError */
  async get(id: string): Promise<Dataset> {
    const dataset = await this.database.read.findOneBy(Dataset, { id });
    if (dataset === null) throw new NotFoundError('dataset', id);
    return dataset;
  }

  /** @throws NotFoundError with the closest name */
  async getByName(name: string): Promise<Dataset> {
    const dataset = await this.database.read.findOneBy(Dataset, { name });
    if (dataset !== null) return dataset;
    const others = await this.database.read.find(Dataset, { select: { name: true }, take: 100 });
    throw new NotFoundError(
      'dataset',
      name,
      others.map((other) => other.name),
    );
  }

  /** Newest first. */
  page(page: ConnectionArguments): Promise<Page<Dataset>> {
    return paginate(this.database.read.createQueryBuilder(Dataset, 'dataset'), 'dataset', page);
  }

  /** In the order of their index. */
  labels(datasetId: string): Promise<Label[]> {
    return this.database.read.find(Label, { where: { datasetId }, order: { index: 'ASC' } });
  }

  /** @throws NotFoundError */
  async image(id: string): Promise<Image> {
    const image = await this.database.read.findOneBy(Image, { id });
    if (image === null) throw new NotFoundError('image', id);
    return image;
  }

  /** How far the import of a dataset is, if one is running in this process. */
  progressOf(datasetId: string): ImportProgress | undefined {
    return this.running.get(datasetId);
  }

  /** `start`, and waits for the end. */
  async import(request: ImportRequest, onProgress?: ImportProgressListener): Promise<Dataset> {
    const { finished } = await this.start(request, onProgress);
    return finished;
  }

  /**
   * Begins to import. The same name again, from the same source, updates that dataset: nothing is doubled, entries that
   * are no longer listed go, an interrupted import is completed.
   * @throws InvalidInputError, NotFoundError (import folder, importer), ConflictError (name taken by another source, or
   * its import is running)
   */
  async start(request: ImportRequest, onProgress?: ImportProgressListener): Promise<StartedImport> {
    const name = checkedName(request.name);
    const importer = this.registry.resolve('importer', request.importer);
    const folder = await this.openFolder(request);
    const dataset = await this.begin(name, importer, request);
    const finished = this.run(dataset, importer, folder, onProgress);
    // Who does not wait learns of a failure by the status.
    finished.catch(() => undefined);
    return { dataset, finished };
  }

  /**
   * Deletes a dataset with its labels and images; files that belong to nothing else go too.
   * @throws NotFoundError; ConflictError while it is being imported, or where training runs were made with it
   */
  async delete(id: string): Promise<void> {
    const { name } = await this.get(id);
    if (this.running.has(id)) throw new ConflictError(`Dataset "${name}" is being imported.`);
    const images = await this.database.read.find(Image, {
      select: { id: true, sha256: true },
      where: { datasetId: id },
    });
    try {
      await this.database.write((manager) => manager.delete(Dataset, { id }));
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error;
      throw new ConflictError(`Training runs refer to dataset "${name}": it is part of what they are.`, {
        cause: error,
      });
    }
    await this.unused.remove(images.flatMap(({ sha256 }) => sha256 ?? []));
  }

  /**
   * A folder that the operator allowed, or one below it.
   * @throws NotFoundError for an unknown name, InvalidInputError for a path that leads nowhere or out of it
   */
  async openFolder({ folder, path = '' }: Pick<ImportRequest, 'folder' | 'path'>): Promise<ImportFolder> {
    const { importFolders } = this.configuration.values.data;
    const allowed = Object.hasOwn(importFolders, folder) ? importFolders[folder] : undefined;
    if (allowed === undefined) throw new NotFoundError('import folder', folder, Object.keys(importFolders));
    return ImportFolder.open(allowed, path);
  }

  private begin(
    name: string,
    { component, options }: ResolvedComponent<'importer'>,
    { folder, path = '', stratify }: ImportRequest,
  ): Promise<Dataset> {
    const stratification = stratify === undefined || stratify === null ? null : parseStratification(stratify);
    const source = { importer: component.name, importerOptions: options, folder, path, stratification };
    return this.database.writeUnique(`dataset "${name}"`, async (manager) => {
      const known = await manager.findOneBy(Dataset, { name });
      if (known !== null) this.refuseClash(known, source);
      const now = new Date();
      const fresh = {
        id: newIdentifier(),
        name,
        report: null,
        contentHash: null,
        imageCount: 0,
        generation: 0,
        createdAt: now,
      };
      const dataset = Object.assign(new Dataset(), known ?? fresh, source, {
        status: DatasetStatus.IMPORTING,
        problem: null,
        generation: (known?.generation ?? 0) + 1,
        updatedAt: now,
      });
      this.running.set(dataset.id, undefined);
      return manager.save(dataset).catch((error: unknown) => {
        this.running.delete(dataset.id);
        throw error;
      });
    });
  }

  private refuseClash(known: Dataset, source: DatasetSource): void {
    if (this.running.has(known.id)) throw new ConflictError(`Dataset "${known.name}" is being imported.`);
    const [before, now] = [known, source].map(({ importer, importerOptions, folder, path, stratification }) =>
      JSON.stringify([importer, importerOptions, folder, path, ...(stratification === null ? [] : [stratification])]),
    );
    if (before === now) return;
    throw new ConflictError(
      `The name "${known.name}" is taken by a dataset from another source: ${before}; received ${now}.`,
      {
        help: 'Choose another name, or import with the same importer, options, folder, path and stratification to update it.',
      },
    );
  }

  private async run(
    dataset: Dataset,
    importer: ResolvedComponent<'importer'>,
    folder: ImportFolder,
    onProgress: ImportProgressListener | undefined,
  ): Promise<Dataset> {
    try {
      return await this.importer.run(dataset, importer, folder, (progress) => {
        this.running.set(dataset.id, progress);
        onProgress?.(progress);
      });
    } catch (error) {
      this.logger.warn({ err: error, dataset: dataset.name }, 'import failed');
      const problem = error instanceof ExpectedError ? error.message : 'The server failed; its log says why.';
      const failure = { status: DatasetStatus.FAILED, problem, updatedAt: new Date() };
      await this.database.write((manager) => manager.save(Dataset, { id: dataset.id, ...failure }));
      throw error;
    } finally {
      this.running.delete(dataset.id);
    }
  }
}

function checkedName(name: string): string {
  const trimmed = name.trim();
  if (trimmed.length >= 1 && trimmed.length <= 200) return trimmed;
  throw InvalidInputError.field('name', `received ${JSON.stringify(name.slice(0, 80))}; expected 1 to 200 characters`);
}
