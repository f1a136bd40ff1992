import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { NamedValues } from '@query2label/engine';
import { NotFoundError } from '../common/errors/index.js';
import type { WritableTensors } from '../common/safetensors/index.js';
import { ConfigurationService } from '../config/index.js';
import { DatabaseService } from '../database/index.js';
import { Checkpoint, CheckpointStatus } from './checkpoint.entity.js';
import { DamagedCheckpointError } from './container/container-error.js';
import { readManifest, readTensors } from './container/read-container.js';
import { type ManifestDraft, writeContainer, type WrittenContainer } from './container/write-container.js';
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
  constructor(
    private readonly configuration: ConfigurationService,
    private readonly database: DatabaseService,
  ) {}

  /** Writes a folder durably. Without a record in the database it does not exist for anyone; see `CheckpointService.record`. */
  write(draft: ManifestDraft, tensors: CheckpointTensors): Promise<WrittenContainer> {
    const { parameters, averages, optimizer } = tensors;
    const files = { parameters, ...(averages && { averages }), ...(optimizer && { optimizer }) };
    return writeContainer(this.folder(draft.id), draft, files);
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
    return { manifest, definition, labels, thresholds: record.thresholds, parameters: { ...parameters, ...averages } };
  }

  /** Reads all that training goes on from, every byte verified. */
  async loadTraining(id: string): Promise<LoadedTrainingCheckpoint> {
    const { manifest } = await this.verified(id);
    const read = async (name: string): Promise<NamedValues> =>
      manifest.files[`${name}.safetensors`] === undefined ? {} : readTensors(this.folder(id), manifest, name);
    const parameters = await readTensors(this.folder(id), manifest, 'parameters');
    return { manifest, parameters, averages: await read('averages'), optimizer: await read('optimizer') };
  }

  async exists(id: string): Promise<boolean> {
    return access(this.folder(id)).then(
      () => true,
      () => false,
    );
  }

  /** Removes a folder; nothing happens if it is gone already. */
  async remove(id: string): Promise<void> {
    await rm(this.folder(id), { recursive: true, force: true });
  }

  folder(id: string): string {
    return join(this.root, id);
  }

  get root(): string {
    return join(this.configuration.values.data.folder, 'checkpoints');
  }

  private async verified(id: string) {
    const record = await this.database.read.findOneBy(Checkpoint, { id });
    if (record === null || record.status === CheckpointStatus.DELETING) throw new NotFoundError('checkpoint', id);
    const manifest = await readManifest(this.folder(id), record.manifestSha256);
    if (manifest.id !== id)
      throw new DamagedCheckpointError(id, 'manifest.json', `belongs to checkpoint ${manifest.id}`);
    return { record, manifest };
  }
}
