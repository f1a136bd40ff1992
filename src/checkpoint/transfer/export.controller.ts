import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Controller, Get, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { safetensorsChunks } from '../../common/safetensors/index.js';
import { PipelineAssembler } from '../../pipeline/pipeline-assembler.js';
import { CheckpointService } from '../checkpoint.service.js';
import { CheckpointStore } from '../checkpoint-store.js';
import { exportedBuffers } from './exported-buffers.js';

/** Checkpoints as files for other programs. Only by id or alias; a client never names a file. */
@Controller('checkpoints')
export class ExportController {
  constructor(
    private readonly checkpoints: CheckpointService,
    private readonly store: CheckpointStore,
    private readonly assembler: PipelineAssembler,
  ) {}

  /**
   * The parameters that predict (averaged ones where the checkpoint says so), float32 under their names and layouts in the
   * official PyTorch state dict, and the computed buffers that the state dict has (`backbone.1.pe`, counters at 0): PyTorch loads it strictly. The metadata hold what else is needed to predict, as JSON: labels, thresholds, preprocessing
   * and pipeline definition.
   */
  @Get(':idOrAlias/parameters.safetensors')
  async parameters(@Param('idOrAlias') idOrAlias: string, @Res() response: Response): Promise<void> {
    const { id } = await this.checkpoints.resolve(idOrAlias);
    const { manifest, parameters, labels, thresholds, definition } = await this.store.load(id);
    const { target } = await this.assembler.assemble(definition, labels.length);
    const buffers = exportedBuffers(target);
    const metadata = {
      format: 'pt',
      checkpoint: id,
      labels: JSON.stringify(labels),
      thresholds: JSON.stringify(thresholds),
      preprocessing: JSON.stringify(manifest.preprocessing),
      definition: JSON.stringify(definition),
    };
    const chunks = [...safetensorsChunks({ ...parameters, ...buffers }, metadata)];
    response.set({
      'content-length': String(chunks.reduce((bytes, chunk) => bytes + chunk.byteLength, 0)),
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${id}.safetensors"`,
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
    });
    await pipeline(Readable.from(chunks), response);
  }
}
