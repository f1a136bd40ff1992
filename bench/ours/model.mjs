import { NestFactory } from '@nestjs/core';
import { formulaImages, formulaParameters, hashOf, uniformAt } from '@query2label/sdk/testing';
import { scalarName } from '../../dist/pipeline/programs/tensor-names.js';
import { ParityModule } from '../../dist/parity/parity.module.js';
import { parseDefinition } from '../../dist/pipeline/parse-definition.js';
import { PipelineAssembler } from '../../dist/pipeline/pipeline-assembler.js';
import { ComponentRegistry } from '../../dist/plugin/index.js';

const AVERAGE_DECAY = 0.9997;
const LEARNING_RATE = 1e-4;
const CALIBRATION_BATCHES = 4;
/** Channels of the last stage: the official width of the head. */
const WIDTHS = { 18: 512, 50: 2048, 101: 2048 };

/** The platform's own pipeline at the official sizes, with parameters from a formula that the peers share. */
export async function buildModel(setting) {
  const { size, batch, labels } = setting;
  const application = await NestFactory.createApplicationContext(await ParityModule.forRoot(), { logger: false });
  const registry = application.get(ComponentRegistry);
  const definition = parseDefinition(setting.definition ?? officialSizes(setting));
  const pipeline = await application.get(PipelineAssembler).assemble(definition, labels);
  const { provider, options } = registry.resolve('optimizer', {
    name: 'adamw',
    options: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, decay: 'all' },
  });
  return {
    pipeline,
    optimizer: provider.build(options),
    // Peers share the formula; where there are none, values as a run begins with.
    values:
      setting.definition === undefined
        ? formulaParameters(pipeline.parameters)
        : (await pipeline.initialValues(0)).values,
    images: formulaImages('bench', batch, size),
    targets: targetsOf('bench', batch, labels),
  };
}

function officialSizes({ depth, size, dropout }) {
  return {
    backbone: { name: 'resnet', options: { depth } },
    decoder: {
      name: 'query2label',
      options: {
        hiddenSize: WIDTHS[depth],
        feedForwardSize: 8192,
        heads: 4,
        encoderLayers: 1,
        decoderLayers: 2,
        dropout,
      },
    },
    loss: { name: 'asymmetric', options: { gammaNegative: 2, gammaPositive: 0, clip: 0, detachFocus: true } },
    // Pictures of the formula are normalised already.
    image: { size, normalization: { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] } },
  };
}

/** About a tenth of the labels present. */
function targetsOf(name, batch, labels) {
  const seed = hashOf(`target:${name}`);
  const data = Float32Array.from({ length: batch * labels }, (_, index) => (uniformAt(seed, index) < -0.8 ? 1 : 0));
  return { dtype: 'float32', shape: [batch, labels], data };
}

const trainingOptions = (optimizer, batch, source) => ({
  ...{ source, optimizer, averageDecay: AVERAGE_DECAY, gradientClipNorm: null, batchSize: batch },
});

/** The program of a setting and its signature. */
export function programOf({ pipeline, optimizer, values }, { kind, batch, source = 'images' }) {
  return kind === 'training'
    ? pipeline.trainingProgram(values, trainingOptions(optimizer, batch, source))
    : pipeline.predictionProgram(values, batch);
}

/** A compiled prediction: `run()` gives `{ loss: null, logits }`. @param numbers `float32`, or `int8` with ranges from other pictures of the formula */
export async function startPrediction(engine, model, { batch, size, numbers }) {
  const { images } = model;
  const { program, signature } = programOf(model, { kind: 'prediction', batch });
  const label = 'prediction';
  const samples = Array.from({ length: CALIBRATION_BATCHES }, (_, index) => ({
    images: formulaImages(`calibration ${index}`, batch, size),
  }));
  const [quantization] =
    numbers === 'int8' ? await engine.calibrate(program, signature, samples, ['extremes'], { label }) : [];
  const executable = await engine.compile(program, signature, { label, quantization });
  return {
    report: executable.report,
    run: async () => {
      const { logits } = await executable.run({ images });
      return { loss: null, logits: logits.data };
    },
  };
}

/**
 * A compiled training step with its state: each `run()` is one more step, and gives loss and logits from before its update.
 * @param source `images` (default), or `features`: those of the images, computed once, before the steps
 */
export async function startTraining(engine, model, { batch, source = 'images' }) {
  const { pipeline, optimizer, values, targets } = model;
  const given = source === 'images' ? { images: model.images } : { features: await featuresOf(engine, model) };
  const { program, signature } = programOf(model, { kind: 'training', batch, source });
  const executable = await engine.compile(program, signature, { label: 'training step' });
  await executable.writeState(pipeline.initialTrainingState(values, trainingOptions(optimizer, batch, source)));
  let step = 0;
  return {
    report: executable.report,
    run: async () => {
      step += 1;
      const scalars = Object.entries(optimizer.scalars(step, { learningRate: LEARNING_RATE })).map(([name, value]) => [
        scalarName(name),
        { dtype: 'float32', shape: [], data: Float32Array.of(value) },
      ]);
      const key = { dtype: 'int32', shape: [2], data: Int32Array.of(1, step) };
      const outputs = await executable.run({ ...given, targets, key, ...Object.fromEntries(scalars) });
      return { loss: outputs.loss.data[0], logits: outputs.logits.data };
    },
  };
}

/** Features of the images, one by one, as the cache of a run computes them. */
async function featuresOf(engine, { pipeline, values, images }) {
  const { program, signature } = pipeline.featuresProgram(values);
  const executable = await engine.compile(program, signature, { label: 'features' });
  const [batch, ...shape] = images.shape;
  const size = images.data.length / batch;
  const found = [];
  for (let index = 0; index < batch; index += 1) {
    const data = images.data.slice(index * size, (index + 1) * size);
    const { features } = await executable.run({ images: { dtype: 'float32', shape: [1, ...shape], data } });
    found.push(features);
  }
  await executable.dispose();
  const data = Float32Array.from(found.flatMap((one) => [...one.data]));
  return { dtype: 'float32', shape: [batch, ...found[0].shape.slice(1)], data };
}
