import type { NamedValues } from '../engine.js';
import { EngineError, QuantizationError } from '../errors.js';
import type { OnnxModel } from '../onnx/format/model.js';
import { writeModel } from '../onnx/format/write-model.js';
import type { ModelPort } from '../onnx/lowering/model-ports.js';
import { activationsOf, EXTREMES, observed, RangeCollector } from '../onnx/quantization/calibrate.js';
import { constantsOf } from '../onnx/quantization/constant-tensors.js';
import { modelFingerprint } from '../onnx/quantization/model-fingerprint.js';
import type { Quantization, RangeRule } from '../onnx/quantization/quantization.js';
import { feedsOf, startSession } from '../onnx/session.js';

export interface CalibrationRun {
  readonly label: string;
  readonly model: OnnxModel;
  readonly inputs: readonly ModelPort[];
  readonly rules: readonly RangeRule[];
  readonly threads: number;
}

/**
 * Runs a float model on samples and finds the ranges of what becomes bytes, by each of the rules.
 * @throws QuantizationError if nothing in the model can be computed in 8 bits, or there are no samples
 */
export async function calibrateProgram(
  { label, model, inputs, rules, threads }: CalibrationRun,
  samples: AsyncIterable<NamedValues> | Iterable<NamedValues>,
): Promise<Quantization[]> {
  const activations = await activationsOf(model, constantsOf(model));
  if (activations.length === 0) {
    throw new QuantizationError(
      `Program "${label}" has no convolution or matrix product with constant weights to compute in 8 bits, beside its first convolution.`,
    );
  }
  const serialized = writeModel(observed(model, activations), label);
  const session = await startSession(serialized, {
    executionProviders: ['cpu'],
    threads,
    training: false,
    deviceOutputs: [],
  });
  const collectors = rules.map((rule) => ({ rule, collector: new RangeCollector(activations, rule) }));
  try {
    for await (const sample of samples) {
      const { data } = (await session.run(feedsOf(inputs, sample), [EXTREMES]))[EXTREMES];
      if (!(data instanceof Float32Array)) throw new EngineError(`Program "${label}" cannot be observed.`);
      for (const { collector } of collectors) collector.add(data);
    }
  } finally {
    await session.release();
  }
  return collectors.map(({ rule, collector }) => {
    if (collector.count === 0) throw new QuantizationError(`Program "${label}" is to be calibrated on no samples.`);
    return { model: modelFingerprint(model), rule, ranges: collector.ranges() };
  });
}
