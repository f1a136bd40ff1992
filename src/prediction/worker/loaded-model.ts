import type { Engine, Executable, NamedValues } from '@query2label/engine';
import { InvalidInputError } from '../../common/errors/index.js';
import type { AssembledPipeline } from '../../pipeline/assembled-pipeline.js';
import type { AttentionLayer } from '../jobs/predict.job.js';
import type { Disposable } from './model-cache.js';

export interface ModelOutput {
  /** `[images, labels]` */
  readonly probabilities: Float32Array;
  /** `[images, labels, rows, columns]`; `null` if the decoder has no attention. */
  readonly attention: Float32Array | null;
}

const WARM_UP_RUNS = 2;

/**
 * A checkpoint compiled for predictions. Shapes are static, so it is compiled for one image and for the largest batch; what
 * lies between is computed in the way that was faster when the model was warmed up: one by one, or padded to a full batch.
 */
export class LoadedModel implements Disposable {
  private readonly executables = new Map<string, Promise<Executable>>();
  /** Milliseconds of one run, by batch size. */
  private readonly cost = new Map<number, number>();
  /** Why there are no attention maps; `null` if there are. */
  private noAttention: Error | null = null;

  constructor(
    private readonly engine: Engine,
    readonly pipeline: AssembledPipeline,
    readonly labels: readonly string[],
    private readonly parameters: NamedValues,
    private readonly maximumBatch: number,
    private readonly name: string,
  ) {}

  /** Elements of one image, `[height, width, 3]`. */
  get imageElements(): number {
    return this.pipeline.imageSize.height * this.pipeline.imageSize.width * 3;
  }

  /** Compiles and runs the programs of all batch sizes. @throws whatever keeps the model from predicting */
  async warmUp(): Promise<void> {
    await this.executable('last', 1).catch((error: unknown) => {
      this.noAttention = error instanceof Error ? error : new Error(String(error));
    });
    for (const size of new Set([1, this.maximumBatch])) {
      for (let run = 0; run < WARM_UP_RUNS; run++) {
        const started = performance.now();
        await this.run(new Float32Array(size * this.imageElements), 'last', size);
        this.cost.set(size, performance.now() - started);
      }
    }
  }

  /**
   * @param images `[count, height, width, 3]`, 0 to 255; `count` at most the maximum batch
   * @throws InvalidInputError if the decoder has no such attention layer
   */
  async predict(images: Float32Array, layer: AttentionLayer): Promise<ModelOutput> {
    const count = images.length / this.imageElements;
    const single = this.cost.get(1) ?? Infinity;
    const full = this.cost.get(this.maximumBatch) ?? Infinity;
    if (count > 1 && count * single > full) {
      const padded = new Float32Array(this.maximumBatch * this.imageElements);
      padded.set(images);
      return firstImages(await this.run(padded, layer, this.maximumBatch), count, this.maximumBatch);
    }
    const outputs: ModelOutput[] = [];
    for (let index = 0; index < count; index++) {
      const image = images.subarray(index * this.imageElements, (index + 1) * this.imageElements);
      outputs.push(await this.run(image, layer, 1));
    }
    return concatenate(outputs);
  }

  async dispose(): Promise<void> {
    const settled = await Promise.allSettled(this.executables.values());
    for (const result of settled) if (result.status === 'fulfilled') await result.value.dispose();
  }

  /** @throws InvalidInputError if the decoder has no attention at all */
  requireAttention(): void {
    if (this.noAttention === null) return;
    throw InvalidInputError.field('options.attention', this.noAttention.message);
  }

  private async run(images: Float32Array, layer: AttentionLayer, size: number): Promise<ModelOutput> {
    const { height, width } = this.pipeline.imageSize;
    const executable = await this.executable(this.noAttention === null ? layer : 'none', size);
    const outputs = await executable.run({
      images: { dtype: 'float32', shape: [size, height, width, 3], data: images },
    });
    return {
      probabilities: floats(outputs, 'probabilities'),
      attention: outputs.attention === undefined ? null : floats(outputs, 'attention'),
    };
  }

  private executable(attention: AttentionLayer | 'none', size: number): Promise<Executable> {
    const key = `${attention} ${size}`;
    const known = this.executables.get(key);
    if (known !== undefined) return known;
    const compiled = this.compile(attention, size);
    this.executables.set(key, compiled);
    compiled.catch(() => this.executables.delete(key));
    return compiled;
  }

  private async compile(attention: AttentionLayer | 'none', size: number): Promise<Executable> {
    const { program, signature } = this.pipeline.predictionProgram(this.parameters, size, { attention });
    try {
      return await this.engine.compile(program, signature, { label: `${this.name}, batch ${size}` });
    } catch (error) {
      // A layer chosen by number is the caller's choice; the model as such has been compiled before.
      if (typeof attention !== 'number' || !(error instanceof Error)) throw error;
      throw InvalidInputError.field('options.attention.layer', error.message);
    }
  }
}

function floats(values: NamedValues, name: string): Float32Array {
  const data = values[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new Error(`prediction program: expected a float32 output "${name}"`);
}

function firstImages({ probabilities, attention }: ModelOutput, count: number, of: number): ModelOutput {
  return {
    probabilities: probabilities.subarray(0, (probabilities.length / of) * count),
    attention: attention?.subarray(0, (attention.length / of) * count) ?? null,
  };
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
