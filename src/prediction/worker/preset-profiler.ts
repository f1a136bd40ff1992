import { Injectable } from '@nestjs/common';
import { keyOf, keyValue } from '@query2label/sdk';
import type { z } from 'zod';
import type { AssembledPipeline } from '../../pipeline/assembled-pipeline.js';
import { parseDefinition } from '../../pipeline/parse-definition.js';
import { PipelineAssembler } from '../../pipeline/pipeline-assembler.js';
import { presetNamed } from '../../pipeline/presets/presets.js';
import { type PipelineProfile, profilePipeline } from '../../pipeline/profile-pipeline.js';
import { scalarName } from '../../pipeline/programs/tensor-names.js';
import { ComponentRegistry } from '../../plugin/index.js';
import type { measureStepJob, profileJob } from '../jobs/profile.job.js';
import { Models } from './models.js';

/** Costs are counted for the optimizer and the average of the paper's recipe. */
const OPTIMIZER = { name: 'adamw', options: {} };
const AVERAGE_DECAY = 0.9997;
const LEARNING_RATE = 1e-4;

/** Counts what presets cost, and measures a training step. */
@Injectable()
export class PresetProfiler {
  constructor(
    private readonly assembler: PipelineAssembler,
    private readonly registry: ComponentRegistry,
    private readonly models: Models,
  ) {}

  async profile({ preset, batchSize }: z.output<typeof profileJob.input>): Promise<PipelineProfile> {
    const options = { batchSize, averageDecay: AVERAGE_DECAY };
    return profilePipeline(await this.assembled(preset), this.optimizer(), options);
  }

  /** The first step, in which memory is allocated, does not count. */
  async measure({
    preset,
    batchSize,
    steps,
  }: z.output<typeof measureStepJob.input>): Promise<z.input<typeof measureStepJob.output>> {
    const pipeline = await this.assembled(preset);
    const optimizer = this.optimizer();
    const { values } = await pipeline.initialValues(0);
    const options = { optimizer, batchSize, averageDecay: AVERAGE_DECAY, gradientClipNorm: null };
    const { program, signature } = pipeline.trainingProgram(values, options);
    const engine = await this.models.engine();
    const executable = await engine.compile(program, signature, { label: `training step of ${preset}` });
    try {
      await executable.writeState(pipeline.initialTrainingState(values, options));
      const seconds: number[] = [];
      for (let step = 1; step <= steps + 1; step += 1) {
        const scalars = Object.entries(optimizer.scalars(step, { learningRate: LEARNING_RATE })).map(
          ([name, value]) => [scalarName(name), { dtype: 'float32', shape: [], data: Float32Array.of(value) }] as const,
        );
        const inputs = { ...randomBatch(pipeline, batchSize), key: keyValue(keyOf(0, 'step', step)) };
        const started = performance.now();
        await executable.run({ ...inputs, ...Object.fromEntries(scalars) });
        seconds.push((performance.now() - started) / 1000);
      }
      const { trainingOperations } = profilePipeline(pipeline, optimizer, options);
      return { seconds: median(seconds.slice(1)), operations: trainingOperations * batchSize };
    } finally {
      await executable.dispose();
    }
  }

  private assembled(preset: string): Promise<AssembledPipeline> {
    const { definition, labelCount } = presetNamed(preset);
    return this.assembler.assemble(parseDefinition(definition), labelCount);
  }

  private optimizer() {
    const { provider, options } = this.registry.resolve('optimizer', OPTIMIZER);
    return provider.build(options);
  }
}

/** Any pictures do: the time of a step does not depend on what they show. */
function randomBatch({ imageSize, labelCount }: AssembledPipeline, batchSize: number) {
  const shape = [batchSize, imageSize.height, imageSize.width, 3];
  const pixels = shape.reduce((product, size) => product * size, 1);
  return {
    images: { dtype: 'float32', shape, data: Float32Array.from({ length: pixels }, (_, index) => (index * 97) % 256) },
    targets: {
      dtype: 'float32',
      shape: [batchSize, labelCount],
      data: Float32Array.from({ length: batchSize * labelCount }, (_, index) => (index % 7 === 0 ? 1 : 0)),
    },
  } as const;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
