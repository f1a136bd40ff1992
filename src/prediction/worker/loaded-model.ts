import type { Engine, Executable, NamedValues, Quantization } from '@query2label/engine';
import { InvalidInputError } from '../../common/errors/index.js';
import type { AssembledPipeline } from '../../pipeline/assembled-pipeline.js';
import { type AttentionView, attentionShares } from '../../pipeline/attention-view.js';
import { compileForBatches } from '../../pipeline/programs/compile-for-batches.js';
import { attentionInput } from './attention-input.js';
import type { Disposable } from './model-cache.js';

export interface ModelOutput {
  /** `[images, labels]` */
  readonly probabilities: Float32Array;
  /** `[images, labels, rows, columns]`; `null` if the decoder has no attention. */
  readonly attention: Float32Array | null;
}

export interface LoadedModelOptions {
  readonly labels: readonly string[];
  readonly parameters: NamedValues;
  /** Computes in 8 bits; left out, in float32. */
  readonly quantization?: Quantization;
  /** What whoever asks it has to know. */
  readonly notice?: string;
  /** Images of the largest batch. */
  readonly maximumBatch: number;
  /** Names the model in errors. */
  readonly name: string;
  /** Told why, if the model has to fill small batches up. */
  readonly onFilled: (reason: string) => void;
}

const WARM_UP_RUNS = 2;

/**
 * A checkpoint compiled once for predictions of any batch size, with whatever attention each picture asks for. Pictures are computed
 * together or one by one, in the way that was faster when the model was warmed up.
 */
export class LoadedModel implements Disposable {
  /** Milliseconds of one run, by batch size. */
  private readonly cost = new Map<number, number>();

  private constructor(
    private readonly executable: Executable,
    readonly pipeline: AssembledPipeline,
    readonly labels: readonly string[],
    private readonly maximumBatch: number,
    /** What whoever asks it has to know; null if that is nothing. */
    readonly notice: string | null,
  ) {}

  /** Compiles the model and runs it. @throws QuantizationError, or whatever else keeps it from predicting */
  static async create(engine: Engine, pipeline: AssembledPipeline, options: LoadedModelOptions): Promise<LoadedModel> {
    const { name: label, labels, parameters, maximumBatch: largest, onFilled, quantization, notice = null } = options;
    const executable = await compileForBatches(
      engine,
      (batch) => pipeline.predictionProgram(parameters, batch, { attention: pipeline.attention !== null }),
      { label, largest, onFilled, quantization },
    );
    const model = new LoadedModel(executable, pipeline, labels, largest, notice);
    try {
      await model.warmUp();
      return model;
    } catch (error) {
      await model.dispose();
      throw error;
    }
  }

  /** Elements of one image, `[height, width, 3]`. */
  get imageElements(): number {
    return this.pipeline.imageSize.height * this.pipeline.imageSize.width * 3;
  }

  /**
   * @param images `[count, height, width, 3]`, 0 to 255; `count` at most the maximum batch
   * @param shares of each image, as `attentionShares` gives them; where they are left out, those of the usual view
   */
  async predict(images: Float32Array, shares: readonly (Float32Array | undefined)[] = []): Promise<ModelOutput> {
    const count = images.length / this.imageElements;
    if (count * this.costOf(1) >= this.costOf(count)) return this.run(images, shares);
    const outputs: ModelOutput[] = [];
    for (let index = 0; index < count; index++) {
      const image = images.subarray(index * this.imageElements, (index + 1) * this.imageElements);
      outputs.push(await this.run(image, [shares[index]]));
    }
    return concatenate(outputs);
  }

  dispose(): Promise<void> {
    return this.executable.dispose();
  }

  /**
   * How much each layer and head counts in what a caller wants to see.
   * @throws InvalidInputError if the decoder has no attention, or no such layer or head
   */
  attentionShares(view: AttentionView): Float32Array {
    const { attention, definition } = this.pipeline;
    if (attention !== null) return attentionShares(attention, view);
    throw InvalidInputError.field(
      'options.attention',
      `decoder "${definition.decoder.name}" has no attention to show; ask for predictions without it`,
    );
  }

  private async warmUp(): Promise<void> {
    for (const size of new Set([1, this.maximumBatch])) {
      for (let run = 0; run < WARM_UP_RUNS; run++) {
        const started = performance.now();
        await this.run(new Float32Array(size * this.imageElements));
        this.cost.set(size, performance.now() - started);
      }
    }
  }

  /** Milliseconds of a run, on the line between the smallest and the largest batch. */
  private costOf(count: number): number {
    const { maximumBatch } = this;
    const [single = 0, full = 0] = [this.cost.get(1), this.cost.get(maximumBatch)];
    return maximumBatch === 1 ? single : single + ((full - single) * (count - 1)) / (maximumBatch - 1);
  }

  private async run(images: Float32Array, shares: readonly (Float32Array | undefined)[] = []): Promise<ModelOutput> {
    const { height, width } = this.pipeline.imageSize;
    const count = images.length / this.imageElements;
    const shape = [count, height, width, 3];
    const outputs = await this.executable.run({
      images: { dtype: 'float32', shape, data: images },
      ...attentionInput(this.pipeline, shares, count),
    });
    return {
      probabilities: floats(outputs, 'probabilities'),
      attention: outputs.attention === undefined ? null : floats(outputs, 'attention'),
    };
  }
}

function floats(values: NamedValues, name: string): Float32Array {
  const data = values[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new Error(`prediction program: expected a float32 output "${name}"`);
}

function concatenate(outputs: readonly ModelOutput[]): ModelOutput {
  const attention = outputs.flatMap((output) => output.attention ?? []);
  return {
    probabilities: joined(outputs.map((output) => output.probabilities)),
    attention: attention.length === 0 ? null : joined(attention),
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
