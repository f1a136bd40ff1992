import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Controller, Get, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { CheckpointService } from '../../checkpoint/checkpoint.service.js';
import { exportJob } from '../jobs/export.job.js';
import { PredictionPool } from '../serving/prediction-pool.js';

/** Checkpoints as ONNX files, made by a prediction process when they are asked for. */
@Controller('checkpoints')
export class OnnxExportController {
  constructor(
    private readonly checkpoints: CheckpointService,
    private readonly pool: PredictionPool,
  ) {}

  /** See docs/onnx-export.md for what is in the file. */
  @Get(':idOrAlias/model.onnx')
  async model(@Param('idOrAlias') idOrAlias: string, @Res() response: Response): Promise<void> {
    const { id } = await this.checkpoints.resolve(idOrAlias);
    const folder = await mkdtemp(join(tmpdir(), 'q2l-onnx-'));
    try {
      const file = join(folder, 'model.onnx');
      const { bytes } = await this.pool.run(exportJob, { checkpointId: id, file });
      response.set({
        'content-length': String(bytes),
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename="${id}.onnx"`,
        'cache-control': 'private, no-cache',
        'x-content-type-options': 'nosniff',
      });
      await pipeline(createReadStream(file), response);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
