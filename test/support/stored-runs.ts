import { newIdentifier } from '../../src/common/identifiers.js';
import type { DatabaseService } from '../../src/database/index.js';
import { Dataset, DatasetStatus } from '../../src/dataset/entities/index.js';
import { parseDefinition } from '../../src/pipeline/parse-definition.js';
import { Pipeline } from '../../src/pipeline/pipeline.entity.js';
import { TrainingRun } from '../../src/training/entities/index.js';
import { parseRecipe, type RecipeInput } from '../../src/training/recipe.js';
import { RunStatus } from '../../src/training/run-status.js';

/** Stores rows of runs as they are when asked for, with a pipeline and a dataset to point at, for tests of the queue alone. */
export async function storeRuns(
  database: DatabaseService,
  count: number,
  recipe: RecipeInput = {},
): Promise<TrainingRun[]> {
  const at = new Date();
  const pipeline = Object.assign(new Pipeline(), {
    ...{ id: newIdentifier(), name: newIdentifier(), version: 1, hash: '', createdAt: at },
    definition: parseDefinition({ backbone: { name: 'any' }, decoder: { name: 'any' }, loss: { name: 'any' }, image: { size: 32 } }), // prettier-ignore
  });
  const dataset = Object.assign(new Dataset(), {
    ...{ id: newIdentifier(), name: newIdentifier(), importer: 'folder', importerOptions: {}, folder: 'any', path: '' },
    ...{ status: DatasetStatus.READY, problem: null, report: null, contentHash: null, imageCount: 0, generation: 1 },
    ...{ createdAt: at, updatedAt: at },
  });
  const runs = Array.from({ length: count }, () =>
    Object.assign(new TrainingRun(), {
      ...{ id: newIdentifier(), pipelineId: pipeline.id, datasetId: dataset.id, recipe: parseRecipe(recipe) },
      ...{
        status: RunStatus.QUEUED,
        requested: null,
        leaseToken: null,
        leaseMilliseconds: null,
        leaseRenewals: 0,
        workerId: null,
      },
      ...{ interruptions: 0, nextTryAt: null, problem: null, epoch: 0, step: 0, totalSteps: null, loss: null },
      ...{ bestMetric: null, lastEvent: 0, createdAt: at, startedAt: null, finishedAt: null },
    }),
  );
  await database.write(async (manager) => {
    await manager.save([pipeline, dataset]);
    await manager.save(runs);
  });
  return runs;
}
