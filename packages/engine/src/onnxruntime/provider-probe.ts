import * as tf from '@tensorflow/tfjs';
import type { Program, ProgramSignature } from '../engine.js';
import { writeModel } from '../onnx/format/write-model.js';
import { lowerBatches } from '../onnx/batch/lower-batches.js';
import { messageOf } from '../onnx/providers.js';
import { feedsOf, startSession, toHost } from '../onnx/session.js';
import { drawUniform } from '../ops/keyed-hash.js';
import { traceBatches } from '../trace/trace-batches.js';

/** A small program on an execution provider, and the same on the CPU. */
export interface ProviderTimes {
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
}

/** What a small program did on an execution provider. */
export type ProviderProbe =
  ({ readonly works: true } & ProviderTimes) | { readonly works: false; readonly reason: string };

/** How much longer than the CPU a provider may take before it is taken for a driver in software. */
const SLOWEST = 10;

const TOLERANCE = 1e-4;
const RUNS = 3;
const IMAGE = { dtype: 'float32' as const, shape: [1, 56, 56, 64] };
const FILTER = { dtype: 'float32' as const, shape: [3, 3, 64, 64] };

const program: Program = ({ constants, inputs }) => ({
  outputs: { y: tf.relu(tf.conv2d(inputs.x as tf.Tensor4D, constants.filter as tf.Tensor4D, 1, 'same')) },
});

/** Whether a provider is so slow that there is no card behind it. */
export function isSoftware({ milliseconds, cpuMilliseconds }: ProviderTimes): boolean {
  return milliseconds > SLOWEST * cpuMilliseconds;
}

const probes = new Map<string, Promise<ProviderProbe>>();

/** Runs a convolution on a provider and on the CPU and compares them, once in a process. */
export function probeProvider(provider: string): Promise<ProviderProbe> {
  const known = probes.get(provider);
  if (known !== undefined) return known;
  const probe = compare(provider).catch((error: unknown) => ({ works: false as const, reason: messageOf(error) }));
  probes.set(provider, probe);
  return probe;
}

async function compare(provider: string): Promise<ProviderProbe> {
  const tried = await convolve(provider);
  const expected = await convolve('cpu');
  const difference = expected.result.reduce(
    (largest, value, index) => Math.max(largest, Math.abs(value - tried.result[index])),
    0,
  );
  if (!(difference <= TOLERANCE)) {
    return { works: false, reason: `a convolution on it differs from the CPU's by ${difference.toPrecision(2)}` };
  }
  return { works: true, milliseconds: tried.milliseconds, cpuMilliseconds: expected.milliseconds };
}

/** The result, and the time of the fastest run. */
async function convolve(provider: string) {
  const filter = { ...FILTER, data: drawUniform([1, 2], 3, 3 * 3 * 64 * 64).map((draw) => (draw - 0.5) / 12) };
  const signature: ProgramSignature = { constants: { filter }, state: {}, inputs: { x: IMAGE } };
  const { traces, outputs } = traceBatches('probe', program, signature);
  const { model, ...ports } = lowerBatches({ label: 'probe', signature, outputs, graphs: traces }, signature.constants);
  const session = await startSession(writeModel(model, 'probe'), {
    executionProviders: [provider],
    threads: 1,
    training: false,
    quiet: true,
  });
  try {
    const feeds = feedsOf(ports.inputs, { x: { ...IMAGE, data: drawUniform([4, 5], 6, 56 * 56 * 64) } });
    const [port] = ports.outputs;
    let milliseconds = Infinity;
    let result = new Float32Array();
    for (let run = 0; run < RUNS; run++) {
      const started = performance.now();
      const results = await session.run(feeds);
      milliseconds = Math.min(milliseconds, performance.now() - started);
      result = Float32Array.from(toHost(port, results[port.tensor]));
    }
    return { result, milliseconds };
  } finally {
    await session.release();
  }
}
