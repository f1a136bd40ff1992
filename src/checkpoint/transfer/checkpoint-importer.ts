import { Injectable } from '@nestjs/common';
import { InvalidInputError } from '../../common/errors/index.js';
import { newIdentifier } from '../../common/identifiers.js';
import type { TensorSource } from '../../common/safetensors/index.js';
import { openWeightFile, unreadable, type WeightFile } from '../../common/weight-file/index.js';
import { DatabaseService } from '../../database/index.js';
import { DatasetService } from '../../dataset/dataset.service.js';
import type { AssembledPipeline } from '../../pipeline/assembled-pipeline.js';
import { parseDefinition } from '../../pipeline/parse-definition.js';
import { PipelineAssembler } from '../../pipeline/pipeline-assembler.js';
import { PipelineService } from '../../pipeline/pipeline.service.js';
import { resizedOf } from '../../pipeline/weights/initial-weights.js';
import { type ParameterMatch, matchParameters } from '../../pipeline/weights/match-parameters.js';
import { readPlacement } from '../../pipeline/weights/read-placement.js';
import { CheckpointService } from '../checkpoint.service.js';
import { CheckpointStore } from '../checkpoint-store.js';
import type { ManifestDraft } from '../container/write-container.js';
import type { LoadedCheckpoint } from '../loaded-checkpoint.js';
import { checkComputedBuffers } from './computed-buffers.js';
import { type ImportLabels, importLabels } from './import-labels.js';
import type { ImportRequest } from './import-request.js';
import type { CheckpointImportReport, ImportedCheckpoint } from './import.types.js';
import { statedLabelCount } from './label-count.js';
import { MatchChecker } from './match-checker.js';
import { UploadStore } from './upload.store.js';

/** Makes checkpoints out of files of parameters: tensor by tensor, so that a large file is never in memory as a whole. */
@Injectable()
export class CheckpointImporter {
  constructor(
    private readonly uploads: UploadStore,
    private readonly datasets: DatasetService,
    private readonly pipelines: PipelineService,
    private readonly assembler: PipelineAssembler,
    private readonly checker: MatchChecker,
    private readonly store: CheckpointStore,
    private readonly checkpoints: CheckpointService,
    private readonly database: DatabaseService,
  ) {}

  /**
   * @throws NotFoundError for an unknown pipeline, upload, folder, dataset or base checkpoint; InvalidInputError for a file that
   * cannot be read or does not fit, naming the backbone that it most likely is of
   */
  async import(request: ImportRequest): Promise<ImportedCheckpoint> {
    const pipeline = await this.pipelines.get(request.pipelineId);
    const base = request.baseCheckpoint ? await this.base(request.baseCheckpoint) : undefined;
    const file = await this.open(request);
    try {
      const definition = parseDefinition(pipeline.definition);
      const labels = await this.labels(request, file, base, definition);
      const assembled = await this.assembler.assemble(definition, labels.labels.length);
      const match = matchParameters(assembled.target, file.tensors, false);
      await this.checker.check(match, file, assembled, { base, ignoreUnexpected: request.ignoreUnexpected });
      const notes = await checkComputedBuffers(match, file.name);
      const checkpoint = await this.write(assembled, match, file, base, draftOf(pipeline.id, assembled, labels));
      if (request.uploadId) await this.uploads.remove(request.uploadId);
      return { checkpoint, report: reportOf(match, file, notes) };
    } catch (error) {
      throw unreadable(error, file.name);
    } finally {
      await file.close();
    }
  }

  private async base(idOrAlias: string): Promise<LoadedCheckpoint> {
    return this.store.load((await this.checkpoints.resolve(idOrAlias)).id);
  }

  private async open({ uploadId, file, name, entry }: ImportRequest): Promise<WeightFile> {
    const options = { ...(entry && { entry }) };
    if (uploadId && !file) {
      return openWeightFile(await this.uploads.find(uploadId), { name: name ?? `upload ${uploadId}`, ...options });
    }
    if (!file || uploadId) {
      throw InvalidInputError.field('file', `received ${file ? 'both' : 'neither'}; expected either file or uploadId`);
    }
    const folder = await this.datasets.openFolder({ folder: file.folder });
    return openWeightFile(await folder.pathOf(file.path), { name: file.path, ...options });
  }

  private async labels(
    request: ImportRequest,
    file: WeightFile,
    base: LoadedCheckpoint | undefined,
    definition: ReturnType<typeof parseDefinition>,
  ): Promise<ImportLabels> {
    const labels = await importLabels(request, file, base, this.datasets);
    const stated = await statedLabelCount(this.assembler, definition, file.tensors);
    if (labels !== undefined && (stated === undefined || stated.count === labels.labels.length)) return labels;
    const { count, tensor } = stated ?? {};
    const shape = tensor === undefined ? '' : ` ("${tensor.name}" is [${tensor.shape.join(', ')}])`;
    const received =
      labels === undefined ? 'none were given, and the file does not name them' : `received ${labels.labels.length}`;
    throw InvalidInputError.field(
      'labels',
      `${received}; ${file.name} is for ${count ?? 'an unknown number of'} labels${shape}`,
      'List the labels in the order of the outputs of the network, or name a dataset that has them.',
    );
  }

  private async write(
    { parameters }: AssembledPipeline,
    { placements }: ParameterMatch,
    file: WeightFile,
    base: LoadedCheckpoint | undefined,
    draft: ManifestDraft,
  ) {
    const placementOf = new Map(placements.map((placement) => [placement.spec.name, placement]));
    const sources = parameters.map(({ name, shape }): [string, TensorSource] => {
      const placement = placementOf.get(name);
      const elements = shape.reduce((product, extent) => product * extent, 1);
      // Only counters may be in neither.
      const rest = base?.parameters[name]?.data ?? new Float32Array(elements);
      const read = () => (placement === undefined ? Promise.resolve(rest) : readPlacement(placement, file.name));
      return [name, { dtype: 'float32', shape, read }];
    });
    return this.store.write(draft, { parameters: Object.fromEntries(sources) }, (written) =>
      this.database.write((manager) => this.checkpoints.record(manager, written)),
    );
  }
}

function draftOf(
  pipelineId: string,
  { definition, imageSize, normalization }: AssembledPipeline,
  { labels, thresholds }: ImportLabels,
): ManifestDraft {
  return {
    id: newIdentifier(),
    kind: 'IMPORTED',
    createdAt: new Date().toISOString(),
    runId: null,
    pipelineId,
    datasetId: null,
    definition,
    labels: [...labels],
    preprocessing: {
      ...imageSize,
      resize: 'squash-bilinear-antialiased',
      normalization: { mean: [...normalization.mean], std: [...normalization.std] },
    },
    predicts: 'raw',
    thresholds: [...thresholds],
    metricProtocol: null,
    metrics: [],
    training: null,
    recipe: null,
  };
}

function reportOf(match: ParameterMatch, file: WeightFile, notes: readonly string[]): CheckpointImportReport {
  const { prefix, placements, missing, unexpected, ignored } = match;
  const { name, format, entry } = file;
  const matched = placements.map(({ spec }) => spec.name);
  return { file: name, format, entry, prefix, matched, missing, unexpected, ignored, resized: resizedOf(match), notes };
}
