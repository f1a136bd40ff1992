import type { INestApplicationContext } from '@nestjs/common';
import { CheckpointStore } from '../../src/checkpoint/checkpoint-store.js';
import type { Checkpoint } from '../../src/checkpoint/checkpoint.entity.js';
import { CheckpointService } from '../../src/checkpoint/checkpoint.service.js';
import { newIdentifier } from '../../src/common/identifiers.js';
import { DatabaseService } from '../../src/database/index.js';
import { parseDefinition } from '../../src/pipeline/parse-definition.js';
import { PipelineAssembler } from '../../src/pipeline/pipeline-assembler.js';
import type { PipelineDefinitionInput } from '../../src/pipeline/pipeline-definition.js';

/** Small enough for tests: ResNet-18 at 64 x 64, a narrow decoder of two layers with attention over 4 x 4 cells. */
export const SMALL_PIPELINE: PipelineDefinitionInput = {
  backbone: { name: 'resnet', options: { depth: 18, width: 8, outputStride: 16 } },
  decoder: { name: 'query2label', options: { hiddenSize: 16, feedForwardSize: 16, heads: 2, encoderLayers: 0 } },
  loss: { name: 'binary-cross-entropy', options: {} },
  image: { size: 64 },
};

/** Writes a checkpoint of untrained parameters, as a run with one epoch would. */
export async function makeCheckpoint(
  application: INestApplicationContext,
  labels: readonly string[],
  seed = 1,
): Promise<Checkpoint> {
  const definition = parseDefinition(SMALL_PIPELINE);
  const pipeline = await application.get(PipelineAssembler, { strict: false }).assemble(definition, labels.length);
  const { values } = await pipeline.initialValues(seed);
  const { height, width } = pipeline.imageSize;
  const { mean, std } = pipeline.normalization;
  const service = application.get(CheckpointService, { strict: false });
  const database = application.get(DatabaseService);
  return application.get(CheckpointStore, { strict: false }).write(
    {
      id: newIdentifier(),
      kind: 'IMPORTED',
      createdAt: new Date().toISOString(),
      runId: null,
      pipelineId: null,
      datasetId: null,
      definition,
      labels: [...labels],
      preprocessing: {
        height,
        width,
        resize: 'squash-bilinear-antialiased',
        normalization: { mean: [...mean], std: [...std] },
      },
      predicts: 'raw',
      thresholds: labels.map(() => 0.5),
      metricProtocol: null,
      metrics: [],
      training: null,
      recipe: null,
    },
    { parameters: values },
    (written) => database.write((manager) => service.record(manager, written)),
  );
}
