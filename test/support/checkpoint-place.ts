import { join } from 'node:path';
import { pino } from 'pino';
import type { NamedValues } from '@query2label/engine';
import { CheckpointService } from '../../src/checkpoint/checkpoint.service.js';
import type { Checkpoint } from '../../src/checkpoint/checkpoint.entity.js';
import { CheckpointStore, type CheckpointTensors } from '../../src/checkpoint/checkpoint-store.js';
import { FileOperations } from '../../src/checkpoint/container/file-operations.js';
import type { ManifestDraft } from '../../src/checkpoint/container/write-container.js';
import { CheckpointReconciler } from '../../src/checkpoint/reconciliation/checkpoint-reconciler.js';
import { FolderCheck } from '../../src/checkpoint/reconciliation/folder-check.js';
import { Quarantine } from '../../src/checkpoint/reconciliation/quarantine.js';
import { RecordCheck } from '../../src/checkpoint/reconciliation/record-check.js';
import { parseDefinition } from '../../src/pipeline/parse-definition.js';
import { newIdentifier } from '../../src/common/identifiers.js';
import { ConfigurationService, loadConfiguration } from '../../src/config/index.js';
import { type DatabaseService, openDatabase } from '../../src/database/index.js';
import { databaseSchema } from '../../src/database-schema.js';
import { temporaryFolder } from './temporary-folder.js';
import type { TestLocation } from './test-location.js';

/** A data folder with its database, and all that keeps checkpoints in it, without a server. */
export interface CheckpointPlace {
  readonly folder: string;
  readonly location: TestLocation['location'];
  readonly database: DatabaseService;
  readonly store: CheckpointStore;
  readonly service: CheckpointService;
  readonly reconciler: CheckpointReconciler;
  /** The store and service over other file operations: those of a test that breaks them. */
  over(operations: FileOperations): Pick<CheckpointPlace, 'store' | 'service' | 'reconciler'>;
  /** Writes and records a small checkpoint. */
  write(draft?: Partial<ManifestDraft>, over?: Pick<CheckpointPlace, 'store' | 'service'>): Promise<Checkpoint>;
  remove(): Promise<void>;
}

/** @param folder data folder; default a new one */
export async function checkpointPlace(create: () => Promise<TestLocation>, folder?: string): Promise<CheckpointPlace> {
  const own = await temporaryFolder();
  const data = folder ?? join(own.path, 'data');
  const place = await create();
  const database = await openDatabase(place.location, databaseSchema);
  const loaded = loadConfiguration({ folder: own.path, environment: { Q2L_DATA: data } });
  const configuration = new ConfigurationService(loaded);
  const over: CheckpointPlace['over'] = (operations) => {
    const store = new CheckpointStore(configuration, database, operations);
    const service = new CheckpointService(database, store);
    const quarantine = new Quarantine(database, store, operations);
    const folders = new FolderCheck(configuration, database, store, quarantine, operations);
    const records = new RecordCheck(database, service, store, quarantine);
    return { store, service, reconciler: new CheckpointReconciler(records, folders, pino({ level: 'silent' })) };
  };
  const ordinary = over(new FileOperations());
  return {
    ...{ folder: data, location: place.location, database, over },
    ...ordinary,
    write: (draft = {}, { store, service } = ordinary) =>
      store.write({ ...smallDraft(), ...draft }, smallTensors(), (written) =>
        database.write((manager) => service.record(manager, written)),
      ),
    remove: async () => {
      await database.onApplicationShutdown();
      await place.remove();
      await own.remove();
    },
  };
}

const tensorOf = (...data: number[]): NamedValues => ({
  'layer.weight': { dtype: 'float32', shape: [2, data.length / 2], data: Float32Array.from(data) },
});

/** One small tensor a file. */
export function smallTensors(): CheckpointTensors {
  return { parameters: tensorOf(1, 2, 3, 4), averages: tensorOf(5, 6, 7, 8), optimizer: tensorOf(9, 10, 11, 12) };
}

/** What the manifest of a checkpoint in the middle of a training holds. */
export function smallDraft(): ManifestDraft {
  return {
    ...{ id: newIdentifier(), kind: 'LAST', createdAt: new Date().toISOString() },
    ...{ runId: null, pipelineId: null, datasetId: null },
    definition: parseDefinition({
      ...{ backbone: { name: 'any' }, decoder: { name: 'any' }, loss: { name: 'any' }, image: { size: 32 } },
    }),
    labels: ['warm', 'cold'],
    preprocessing: {
      ...{ height: 32, width: 32, resize: 'squash-bilinear-antialiased' },
      normalization: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    },
    ...{ predicts: 'averaged', thresholds: [0.5, 0.5], metricProtocol: 'voc-all-point' },
    metrics: [
      {
        ...{ epoch: 0, step: 4, weights: 'averaged', split: 'validation', name: 'voc-all-point' },
        ...{ value: 0.5, perLabel: [0.25, 0.75] },
      },
    ],
    training: {
      ...{ step: 6, epoch: 1, stepInEpoch: 2, stepsPerEpoch: 4, totalSteps: 8, seed: 7, epochLossSum: 1.5 },
      ...{ best: { raw: null, averaged: { epoch: 0, value: 0.5 } }, newestValue: 0.5, skippedImages: 0 },
    },
    recipe: null,
  };
}
