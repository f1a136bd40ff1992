import { NestFactory } from '@nestjs/core';
import { ParityModule } from '../../dist/parity/parity.module.js';
import { parseDefinition } from '../../dist/pipeline/parse-definition.js';
import { PipelineAssembler } from '../../dist/pipeline/pipeline-assembler.js';
import { presetNamed } from '../../dist/pipeline/presets/presets.js';
import { ComponentRegistry } from '../../dist/plugin/index.js';

const AVERAGE_DECAY = 0.9997;

/** A preset's pipeline, and its programs as the platform compiles them. */
export async function presetPipeline(preset) {
  const { definition, labelCount } = presetNamed(preset);
  const application = await NestFactory.createApplicationContext(await ParityModule.forRoot(), { logger: false });
  const pipeline = await application.get(PipelineAssembler).assemble(parseDefinition(definition), labelCount);
  const { provider, options } = application
    .get(ComponentRegistry)
    .resolve('optimizer', { name: 'adamw', options: { weightDecay: 0.01, decay: 'all' } });
  const optimizer = provider.build(options);
  const training = (batch) => ({ optimizer, averageDecay: AVERAGE_DECAY, gradientClipNorm: null, batchSize: batch });
  return {
    pipeline,
    optimizer,
    /** Forward alone, for batches of any size, with attention. */
    prediction: (values) => pipeline.predictionProgram(values, 'batch', { attention: true }),
    /** A whole step for one batch size: forward with dropout, loss, backward, AdamW, moving average. */
    training: (values, batch) => pipeline.trainingProgram(values, training(batch)),
    initialState: (values, batch) => pipeline.initialTrainingState(values, training(batch)),
  };
}
