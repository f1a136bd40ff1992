import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { NamedValues } from '@query2label/engine';
import type { EntityManager } from 'typeorm';
import { NotFoundError } from '../common/errors/index.js';
import type { WritableTensors } from '../common/safetensors/index.js';
import { ConfigurationService } from '../config/index.js';
import { DatabaseService, isDatabaseUnavailable } from '../database/index.js';
import { CheckpointPrecision } from './checkpoint-quantization.js';
import { Checkpoint, CheckpointStatus } from './checkpoint.entity.js';
import { DamagedCheckpointError } from './container/container-error.js';
import { FileOperations } from './container/file-operations.js';
import { readManifest, readTensors } from './container/read-container.js';
import {
  MANIFEST_FILE,
  type ManifestDraft,
  writeContainer,
  type WrittenContainer,
} from './container/write-container.js';
import { WriterMarks } from './container/writer-marks.js';
import type { LoadedCheckpoint, LoadedTrainingCheckpoint } from './loaded-checkpoint.js';

/** The tensors of a checkpoint. */
export interface CheckpointTensors {
  /** All parameters and buffers, frozen ones included; from a file one after the other. */
  readonly parameters: WritableTensors;
  /** Moving averages by parameter name; left out if the run keeps none. */
  readonly averages?: NamedValues;
  /** Optimizer moments; left out where training does not go on from this checkpoint. */
  readonly optimizer?: NamedValues;
}

/** Checkpoint folders on the disk: `<data folder>/checkpoints/<id>`. */
@Injectable()
export class CheckpointStore {
  readonly root: string;
  /** Which processes are writing which checkpoints. */
  readonly marks: WriterMarks;

  constructor(
    configuration: ConfigurationService,
    private readonly database: DatabaseService,
    private readonly operations: FileOperations,
  ) {
    this.root = join(configuration.values.data.folder, 'checkpoints');
    this.marks = new WriterMarks(operations, this.root);
  }

  /**
   * Writes a folder durably, then keeps its record: until that is done the folder does not exist for anyone.
   * @param keep the transaction that hands the folder to `CheckpointService.record`
   * @throws CheckpointWriteError, or what `keep` throws; the folder is removed then, unless it may have been recorded all the same
   */
  async write<T>(
    draft: ManifestDraft,
    tensors: CheckpointTensors,
    keep: (written: WrittenContainer) => Promise<T>,
  ): Promise<T> {
    const { id } = draft;
    const { parameters, averages, optimizer } = tensors;
    const files = { parameters, ...(averages && { averages }), ...(optimizer && { optimizer }) };
    await this.marks.set(id);
    try {
      const written = await writeContainer(this.operations, this.folder(id), draft, files);
      return await keep(written).catch(async (error: unknown) => {
        await this.discard(id, error);
        throw error;
      });
    } finally {
      await this.marks.clear(id).catch(() => undefined);
    }
  }

  /**
   * Reads what predicts, every byte verified.
   * @throws NotFoundError, or DamagedCheckpointError naming the file
   */
  async load(id: string): Promise<LoadedCheckpoint> {
    const { record, manifest } = await this.verified(id);
    const parameters = await readTensors(this.folder(id), manifest, 'parameters');
    const averages = manifest.predicts === 'averaged' ? await readTensors(this.folder(id), manifest, 'averages') : {};
    const { definition, labels } = manifest;
    const quantization = record.precision === CheckpointPrecision.INT8 ? (record.quantization?.engine ?? null) : null;
    const { thresholds } = record;
    return { manifest, definition, labels, thresholds, parameters: { ...parameters, ...averages }, quantization };
  }

  /** In which numbers a checkpoint is to predict now: another word for each precision, and for each quantization of 8 bits. */
  async numbersOf(id: string): Promise<string> {
    const record = await this.database.read.findOne(Checkpoint, {
      where: { id },
      select: { id: true, precision: true, quantization: true },
    });
    if (record?.precision !== CheckpointPrecision.INT8) return CheckpointPrecision.FLOAT32;
    const found = createHash('sha256').update(JSON.stringify(record.quantization)).digest('hex');
    return `${CheckpointPrecision.INT8}-${found}`;
  }

  /** Reads all that training goes on from, every byte verified. */
  async loadTraining(id: string): Promise<LoadedTrainingCheckpoint> {
    const { manifest } = await this.verified(id);
    const read = async (name: string): Promise<NamedValues> =>
      manifest.files[`${name}.safetensors`] === undefined ? {} : readTensors(this.folder(id), manifest, name);
    const parameters = await readTensors(this.folder(id), manifest, 'parameters');
    return { manifest, parameters, averages: await read('averages'), optimizer: await read('optimizer') };
  }

  /** Whether a folder has a manifest; it is not read. */
  async exists(id: string): Promise<boolean> {
    return access(join(this.folder(id), MANIFEST_FILE)).then(
      () => true,
      () => false,
    );
  }

  /** Removes a folder; nothing happens if it is gone already. */
  async remove(id: string): Promise<void> {
    await this.operations.remove(this.folder(id));
    await this.operations.syncFolder(this.root);
  }

  folder(id: string): string {
    return join(this.root, id);
  }

  /** So that lists show it before the next reconciliation does. */
  private async noteWhetherMissing({ id, status }: Checkpoint): Promise<void> {
    const { READY, MISSING } = CheckpointStatus;
    if (status !== READY || (await this.exists(id))) return;
    const mark = (manager: EntityManager) => manager.update(Checkpoint, { id, status: READY }, { status: MISSING });
    // What keeps the checkpoint from being read is what the caller has to hear, whether or not this can be noted.
    await this.database.write(mark).catch(() => undefined);
  }

  /**
   * Removes a folder whose record was not kept. A commit whose answer was lost may have been done: the record is looked for, and where the
   * database cannot be asked the folder stays for the next reconciliation.
   */
  private async discard(id: string, reason: unknown): Promise<void> {
    if (isDatabaseUnavailable(reason)) return;
    const recorded = await this.database.read.existsBy(Checkpoint, { id }).catch(() => true);
    if (!recorded) await this.operations.remove(this.folder(id)).catch(() => undefined);
  }

  private async verified(id: string) {
    const record = await this.database.read.findOneBy(Checkpoint, { id });
    if (record === null || record.status === CheckpointStatus.DELETING) throw new NotFoundError('checkpoint', id);
    const manifest = await readManifest(this.folder(id), record.manifestSha256).catch(async (error: unknown) => {
      await this.noteWhetherMissing(record);
      throw error;
    });
    if (manifest.id !== id)
      throw new DamagedCheckpointError(id, 'manifest.json', `belongs to checkpoint ${manifest.id}`);
    return { record, manifest };
  }
}
