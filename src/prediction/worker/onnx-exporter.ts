import { writeFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { EngineError, exportOnnx, type Program } from '@query2label/engine';
import type { z } from 'zod';
import { CheckpointStore } from '../../checkpoint/checkpoint-store.js';
import { ConflictError } from '../../common/errors/index.js';
import { PipelineAssembler } from '../../pipeline/pipeline-assembler.js';
import type { exportJob } from '../jobs/export.job.js';

/** Writes checkpoints as ONNX files that any runtime can predict with. */
@Injectable()
export class OnnxExporter {
  constructor(
    private readonly checkpoints: CheckpointStore,
    private readonly assembler: PipelineAssembler,
  ) {}

  /**
   * Input `images` float32 `[batch, height, width, 3]`, RGB from 0 to 255; outputs `scores` and `logits`, `[batch, labels]`. The
   * metadata hold what else is needed to predict, as JSON.
   * @throws ConflictError if the model cannot be written as one file for any batch size
   */
  async export({ checkpointId, file }: z.output<typeof exportJob.input>): Promise<z.input<typeof exportJob.output>> {
    const { manifest, parameters, labels, thresholds, definition } = await this.checkpoints.load(checkpointId);
    const pipeline = await this.assembler.assemble(definition, labels.length);
    const { program, signature } = pipeline.predictionProgram(parameters, 'batch');
    const named: Program = (args) => {
      const { probabilities, logits } = program(args).outputs;
      return { outputs: { scores: probabilities, logits } };
    };
    const metadata = {
      checkpoint: checkpointId,
      labels: JSON.stringify(labels),
      thresholds: JSON.stringify(thresholds),
      preprocessing: JSON.stringify(manifest.preprocessing),
      definition: JSON.stringify(definition),
    };
    try {
      const bytes = exportOnnx(named, signature, { name: `checkpoint ${checkpointId}`, metadata });
      await writeFile(file, bytes);
      return { bytes: bytes.byteLength };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      throw new ConflictError(error.message, {
        help: 'Export it as safetensors instead: /checkpoints/<id>/parameters.safetensors.',
      });
    }
  }
}
