import { Injectable } from '@nestjs/common';
import { type EntityManager, In, Not } from 'typeorm';
import { ConflictError, InvalidInputError, NotFoundError } from '../common/errors/index.js';
import { type ConnectionArguments, type Page, paginate } from '../common/graphql/index.js';
import { isIdentifier } from '../common/identifiers.js';
import { DatabaseService } from '../database/index.js';
import type { CheckpointPrecision, CheckpointQuantization } from './checkpoint-quantization.js';
import { CheckpointAlias } from './checkpoint-alias.entity.js';
import { CheckpointStore } from './checkpoint-store.js';
import { Checkpoint, CheckpointKind, CheckpointStatus } from './checkpoint.entity.js';
import { DamagedCheckpointError } from './container/container-error.js';
import { MANIFEST_FILE, type WrittenContainer } from './container/write-container.js';
import { lockFolders } from './folder-lock.js';
import { type RetentionPolicy, superseded } from './retention/retention-policy.js';

export interface CheckpointFilter {
  readonly runId?: string;
  readonly kind?: CheckpointKind;
}

const ALIAS = /^[a-z][a-z0-9]*([._-][a-z0-9]+)*$/;

/** Records of checkpoints, and the names that point at them. */
@Injectable()
export class CheckpointService {
  constructor(
    private readonly database: DatabaseService,
    private readonly store: CheckpointStore,
  ) {}

  /** @throws NotFoundError */
  async get(id: string): Promise<Checkpoint> {
    const checkpoint = await this.database.read.findOneBy(Checkpoint, { id });
    if (checkpoint === null) throw new NotFoundError('checkpoint', id);
    return checkpoint;
  }

  /** A checkpoint by its id or by an alias. @throws NotFoundError naming the aliases that exist */
  async resolve(idOrAlias: string): Promise<Checkpoint> {
    if (isIdentifier(idOrAlias)) return this.get(idOrAlias);
    const alias = await this.database.read.findOneBy(CheckpointAlias, { name: idOrAlias });
    if (alias !== null) return this.get(alias.checkpointId);
    const names = await this.database.read.find(CheckpointAlias, { order: { name: 'ASC' }, take: 50 });
    throw new NotFoundError('checkpoint or alias', idOrAlias, names.map(({ name }) => name)); // prettier-ignore
  }

  async page(page: ConnectionArguments, { runId, kind }: CheckpointFilter = {}): Promise<Page<Checkpoint>> {
    const query = this.database.read.createQueryBuilder(Checkpoint, 'checkpoint');
    query.where('checkpoint.status != :deleting', { deleting: CheckpointStatus.DELETING });
    if (runId !== undefined) query.andWhere('checkpoint.runId = :runId', { runId });
    if (kind !== undefined) query.andWhere('checkpoint.kind = :kind', { kind });
    return paginate(query, 'checkpoint', page);
  }

  /** The whole checkpoint of a kind that is farthest in the training: not the one with the latest time, clocks may be set back. */
  newest(runId: string, kind: CheckpointKind): Promise<Checkpoint | null> {
    return this.database.read.findOne(Checkpoint, {
      where: { runId, kind, status: CheckpointStatus.READY },
      order: { step: 'DESC', id: 'DESC' },
    });
  }

  /** Whole checkpoints of a kind, those farthest in the training first. */
  allOf(runId: string, kind: CheckpointKind): Promise<Checkpoint[]> {
    return this.database.read.find(Checkpoint, {
      where: { runId, kind, status: CheckpointStatus.READY },
      order: { step: 'DESC', id: 'DESC' },
    });
  }

  /**
   * Records a written folder, as part of the caller's transaction.
   * @throws DamagedCheckpointError if it is not there (any more)
   */
  async record(manager: EntityManager, { manifest, manifestSha256, bytes }: WrittenContainer): Promise<Checkpoint> {
    await lockFolders(manager);
    if (!(await this.store.exists(manifest.id))) {
      throw new DamagedCheckpointError(manifest.id, MANIFEST_FILE, 'was taken away before it was recorded');
    }
    const { id, runId, pipelineId, datasetId, labels, thresholds, predicts, metrics } = manifest;
    const epoch = manifest.training?.epoch ?? 0;
    const newest = Math.max(-1, ...metrics.filter(({ weights }) => weights === predicts).map((metric) => metric.step));
    const checkpoint = manager.create(Checkpoint, {
      id,
      runId,
      pipelineId,
      datasetId,
      kind: KINDS[manifest.kind],
      status: CheckpointStatus.READY,
      epoch,
      step: manifest.training?.step ?? 0,
      labels,
      thresholds,
      predicts,
      metrics: metrics
        .filter(({ weights, step }) => weights === predicts && step === newest)
        .map(({ name, split, value }) => ({ name, split, value })),
      precision: null,
      quantization: null,
      bytes,
      manifestSha256,
      createdAt: new Date(manifest.createdAt),
    });
    await manager.insert(Checkpoint, checkpoint);
    return checkpoint;
  }

  /** Lets a name point at a checkpoint, whatever it pointed at before. */
  async promote(id: string, alias: string): Promise<CheckpointAlias> {
    if (!ALIAS.test(alias) || alias.length > 64 || isIdentifier(alias)) {
      throw InvalidInputError.field(
        'alias',
        `"${alias}" is not an alias: expected lower-case letters and digits, joined by single dots, hyphens or underscores, at most 64`,
      );
    }
    return this.database.writeUnique(`alias "${alias}"`, async (manager) => {
      const { READY } = CheckpointStatus;
      // An update that changes nothing: on PostgreSQL it holds the row, so that nobody marks it for deletion meanwhile.
      const { affected } = await manager.update(Checkpoint, { id, status: READY }, { status: READY });
      if (affected !== 1) {
        const checkpoint = await manager.findOneBy(Checkpoint, { id });
        if (checkpoint === null) throw new NotFoundError('checkpoint', id);
        throw new ConflictError(`Checkpoint ${id} is ${checkpoint.status}; only a READY one can be promoted.`);
      }
      const row = manager.create(CheckpointAlias, { name: alias, checkpointId: id, updatedAt: new Date() });
      return manager.save(row);
    });
  }

  /**
   * Replaces the decision thresholds.
   * @param thresholds one per label, from 0 to 1
   */
  async setThresholds(id: string, thresholds: readonly number[]): Promise<Checkpoint> {
    return this.database.write(async (manager) => {
      const checkpoint = await manager.findOneBy(Checkpoint, { id });
      if (checkpoint === null) throw new NotFoundError('checkpoint', id);
      if (thresholds.length !== checkpoint.labels.length) {
        throw new RangeError(`thresholds: expected ${checkpoint.labels.length}, received ${thresholds.length}`);
      }
      return manager.save(Object.assign(checkpoint, { thresholds: [...thresholds] }));
    });
  }

  /** @param quantization kept with it; left out, what is kept stays */
  async setPrecision(
    id: string,
    precision: CheckpointPrecision,
    quantization?: CheckpointQuantization,
  ): Promise<Checkpoint> {
    return this.database.write(async (manager) => {
      const checkpoint = await manager.findOneBy(Checkpoint, { id });
      if (checkpoint === null) throw new NotFoundError('checkpoint', id);
      return manager.save(Object.assign(checkpoint, { precision, ...(quantization && { quantization }) }));
    });
  }

  /**
   * Deletes a checkpoint: the record is marked first, so that a crash in between leaves nothing that looks whole.
   * @throws NotFoundError; ConflictError while an alias points at it
   */
  async delete(id: string): Promise<void> {
    await this.database.write(async (manager) => {
      // First, so that the row is held while the aliases are looked for.
      const { affected } = await manager.update(Checkpoint, { id }, { status: CheckpointStatus.DELETING });
      if (affected !== 1) throw new NotFoundError('checkpoint', id);
      const aliases = await manager.findBy(CheckpointAlias, { checkpointId: id });
      if (aliases.length > 0) {
        const names = aliases.map(({ name }) => name).join(', ');
        throw new ConflictError(`Checkpoint ${id} is in use: the alias ${names} points at it.`, {
          help: 'Promote another checkpoint to that alias first.',
        });
      }
    });
    await this.finishDeletion(id);
  }

  /** Removes what is left of a checkpoint that is marked for deletion. */
  async finishDeletion(id: string): Promise<void> {
    await this.store.remove(id);
    await this.database.write((manager) => manager.delete(Checkpoint, { id, status: CheckpointStatus.DELETING }));
  }

  /**
   * Deletes the checkpoints of a run that its policy does not keep.
   * @returns ids of those that could not be deleted, with the reason: they are no reason to end a training
   */
  async retain(
    runId: string,
    policy: RetentionPolicy,
  ): Promise<readonly { readonly id: string; readonly error: unknown }[]> {
    // prettier-ignore
    const all = await this.database.read.findBy(Checkpoint, { runId, status: CheckpointStatus.READY });
    const aliased = new Set((await this.aliases(all.map(({ id }) => id))).map(({ checkpointId }) => checkpointId));
    const failed: { id: string; error: unknown }[] = [];
    for (const { id } of superseded(all, policy, aliased)) {
      await this.delete(id).catch((error: unknown) => failed.push({ id, error }));
    }
    return failed;
  }

  /** All names that point at one of the checkpoints. */
  aliases(ids: readonly string[]): Promise<CheckpointAlias[]> {
    return this.database.read.find(CheckpointAlias, { where: { checkpointId: In([...ids]) }, order: { name: 'ASC' } });
  }

  /** Checkpoints by id, those being deleted left out. */
  many(ids: readonly string[]): Promise<Checkpoint[]> {
    return this.database.read.findBy(Checkpoint, { id: In([...ids]), status: Not(CheckpointStatus.DELETING) });
  }
}

const KINDS = { LAST: CheckpointKind.LAST, BEST: CheckpointKind.BEST, IMPORTED: CheckpointKind.IMPORTED } as const;
