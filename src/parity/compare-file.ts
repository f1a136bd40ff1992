import type { Engine } from '@query2label/engine';
import { formulaImages, formulaParameters } from '@query2label/sdk/testing';
import type { PipelineAssembler } from '../pipeline/pipeline-assembler.js';
import type { ComponentRegistry } from '../plugin/index.js';
import { compareForward, comparePositions, compareSampled } from './compare-forward.js';
import { compareLosses } from './compare-losses.js';
import { compareStateDict } from './compare-state-dict.js';
import { compareTraining, REFERENCE_STEPS } from './compare-training.js';
import { type Check, Comparison } from './comparison.js';
import { Evaluator } from './evaluator.js';
import type { ReferenceFile } from './reference-file.js';
import { referencePipeline } from './reference-pipeline.js';
import { REFERENCE_OPTIMIZER, ReferenceTraining } from './reference-training.js';

export interface ParityTools {
  readonly engine: Engine;
  readonly registry: ComponentRegistry;
  readonly assembler: PipelineAssembler;
  /** Told at the beginning of each stage. */
  readonly onStage?: (stage: string) => void;
  /** Training steps to compare; 0 leaves out gradients, and fewer than 5 what follows the fifth. @default 5 */
  readonly steps?: number;
}

/** Logits of another picture, as PyTorch's float32 found them. */
const SECOND_IMAGE = 2e-5;

/**
 * Compares everything in a reference file with our model of its configuration.
 * @throws if the configuration cannot be built here: an unknown backbone or loss, options that do not fit together
 */
export async function compareFile(file: ReferenceFile, tools: ParityTools): Promise<readonly Check[]> {
  const { engine, registry, assembler, onStage: tick = () => undefined, steps = REFERENCE_STEPS } = tools;
  const { config } = file;
  const comparison = new Comparison();
  const definition = referencePipeline(file);
  tick('weights');
  const model = await assembler.build(definition, config.num_class);
  const values = formulaParameters(model.parameters, { signedGains: config.variant === 'abn_signed' });
  compareStateDict(comparison, file, model, values);
  comparePositions(comparison, file, model);
  const images = formulaImages(config.image_name, config.batch, config.img_size);
  compareSampled(comparison, 'images', config.image_name, images, file.input);
  tick('forward');
  const evaluator = await Evaluator.create(engine, model, values, images);
  compareForward(comparison, file, await evaluator.run(images));
  const { second_image: second } = file;
  if (second !== undefined) {
    const { logits } = await evaluator.run(formulaImages(second.image_name, config.batch, config.img_size));
    comparison.values('second image', logits.data, second.logits.flat(), SECOND_IMAGE);
  }
  tick('losses');
  await compareLosses(comparison, file, registry, engine);
  if (file.training !== undefined && steps > 0) {
    tick('gradients');
    const { provider, options } = registry.resolve('optimizer', REFERENCE_OPTIMIZER);
    const pipeline = await assembler.assemble(definition, config.num_class);
    const training = await ReferenceTraining.start(engine, pipeline, provider.build(options), values, { file, images });
    await compareTraining(comparison, file, file.training, values, training, { evaluator, images, tick, steps });
    await training.dispose();
  }
  await evaluator.dispose();
  return comparison.checks;
}
