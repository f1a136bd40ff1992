import { Injectable } from '@nestjs/common';
import type { RgbImage } from '@query2label/sdk';
import type { z } from 'zod';
import { resizeAntialiased } from '../../dataset/image/resize.js';
import type { ImageAnswer, predictJob } from '../jobs/predict.job.js';
import { packError } from '../supervisor/remote-error.js';
import type { LoadedModel, ModelOutput } from './loaded-model.js';
import { Models } from './models.js';
import { SourceDecoder } from './source-decoder.js';

type PredictInput = z.output<typeof predictJob.input>;
type PredictOutput = z.input<typeof predictJob.output>;

interface Decoded {
  readonly index: number;
  readonly width: number;
  readonly height: number;
  readonly resized: RgbImage;
  readonly attentionShares: Float32Array | undefined;
  readonly milliseconds: number;
}

/** Decodes a batch side by side, computes it, and cuts the outputs into answers per image. */
@Injectable()
export class BatchPredictor {
  constructor(
    private readonly models: Models,
    private readonly decoder: SourceDecoder,
  ) {}

  predict({ checkpointId, images }: PredictInput): Promise<PredictOutput> {
    return this.models.use(checkpointId, async (model) => {
      const settled = await Promise.allSettled(images.map((image, index) => this.decode(image, index, model)));
      const decoded = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      const started = performance.now();
      const shares = decoded.map(({ attentionShares }) => attentionShares);
      const output = decoded.length === 0 ? undefined : await model.predict(stack(decoded, model), shares);
      const computeMilliseconds = performance.now() - started;
      const answers: ImageAnswer[] = settled.map((result) => {
        if (result.status === 'rejected') return { ok: false, error: packError(result.reason) };
        const { index, width, height, milliseconds: decodeMilliseconds } = result.value;
        const row = decoded.indexOf(result.value);
        return {
          ok: true,
          width,
          height,
          probabilities: rowOf(output?.probabilities, row, decoded.length),
          attention: images[index].attention !== null ? rowOf(output?.attention, row, decoded.length) : null,
          decodeMilliseconds,
          computeMilliseconds,
        };
      });
      const { height: rows, width: columns } = model.pipeline.featureMap;
      return { answers, grid: { rows, columns }, notice: model.notice };
    });
  }

  private async decode(
    { source, attention }: PredictInput['images'][number],
    index: number,
    model: LoadedModel,
  ): Promise<Decoded> {
    const attentionShares = attention === null ? undefined : model.attentionShares(attention);
    const started = performance.now();
    const picture = await this.decoder.decode(source);
    const resized = resizeAntialiased(picture, model.pipeline.imageSize);
    return {
      index,
      width: picture.width,
      height: picture.height,
      resized,
      attentionShares,
      milliseconds: performance.now() - started,
    };
  }
}

/** `[count, height, width, 3]` */
function stack(decoded: readonly Decoded[], model: LoadedModel): Float32Array {
  const images = new Float32Array(decoded.length * model.imageElements);
  decoded.forEach(({ resized }, row) => {
    images.set(resized.data, row * model.imageElements);
  });
  return images;
}

/** A copy of one row, so that a message carries it alone and not the whole batch. */
function rowOf(values: ModelOutput['attention'] | undefined, row: number, rows: number): Float32Array {
  if (values === null || values === undefined)
    throw new Error('prediction: the model gave no output for a decoded image');
  const size = values.length / rows;
  return values.slice(row * size, (row + 1) * size);
}
