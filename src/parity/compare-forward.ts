import type { NamedValues, TensorValue } from '@query2label/engine';
import type { PipelineModel } from '../pipeline/programs/pipeline-model.js';
import type { Comparison } from './comparison.js';
import type { ReferenceFile, Sampled } from './reference-file.js';

/** Absolute tolerances; PyTorch's own float32 logits are within 3e-6 of its float64 ones. */
const LOGITS = 2e-5;
const ATTENTION = 1e-5;
/** For a standard deviation of 1; larger values are allowed more. */
const INTERMEDIATE = 2e-5;

/** Logits, the feature map, what each part of the transformer makes of it, attention of the last layer. */
export function compareForward(comparison: Comparison, file: ReferenceFile, outputs: NamedValues): void {
  comparison.values('logits', outputs.logits.data, file.logits_float64.flat(), LOGITS);
  const parts: readonly (readonly [kind: string, name: string, expected: Sampled])[] = [
    ['features', 'backbone.0', file.backbone_feature],
    ['projection', 'input_proj', file.projected_feature],
    ['encoder', 'transformer.encoder', file.encoder_output],
    ...file.decoder_layers.map(
      (expected, index) => ['decoder', `transformer.decoder.layers.${index}`, expected] as const,
    ),
    ['decoder', 'transformer.decoder.norm', file.decoder_norm_output],
  ];
  for (const [kind, name, expected] of parts) compareSampled(comparison, kind, name, outputs[name], expected);
  const { labels, weights } = file.cross_attention;
  const [, count, cells] = outputs.attention.shape;
  weights.forEach((ofImage, image) =>
    ofImage.forEach((ofLabel, position) => {
      const start = (image * count + labels[position]) * cells;
      const found = outputs.attention.data.subarray(start, start + cells);
      comparison.values('attention', found, ofLabel, ATTENTION, `label ${labels[position]}`);
    }),
  );
}

/** The computed table of positions, `[1, channels, height, width]`. */
export function comparePositions(comparison: Comparison, file: ReferenceFile, model: PipelineModel): void {
  const { shape, points } = file.position_encoding;
  const table = model.publishedBuffers.find(({ name }) => name === 'backbone.1.pe');
  if (table === undefined || table.shape.join() !== shape.join()) {
    comparison.add('positions', Infinity, LOGITS, `shape ${table?.shape.join(' x ') ?? 'none'}`);
    return;
  }
  const values = table.values();
  const [, , height, width] = shape;
  for (const [channel, y, x, expected] of points) {
    const found = values[(channel * height + y) * width + x];
    comparison.add('positions', Math.abs(found - expected), LOGITS, `${channel}, ${y}, ${x}`);
  }
}

/** Statistics and samples of one tensor.
 * @param actual `[batch, height, width, channels]`, or the same in any shape with the channels last */
export function compareSampled(
  comparison: Comparison,
  kind: string,
  where: string,
  actual: TensorValue | undefined,
  expected: Sampled,
): void {
  const size = expected.shape.reduce((product, extent) => product * extent, 1);
  const tolerance = INTERMEDIATE * Math.max(1, expected.std);
  if (actual?.data.length !== size) {
    comparison.add(kind, Infinity, tolerance, `${where}: shape ${actual?.shape.join(' x ') ?? 'none'}`);
    return;
  }
  const { data } = actual;
  const place = expected.shape.length === 4 ? channelsLast(expected.shape) : (index: number): number => index;
  expected.sample_index.forEach((index, sample) =>
    comparison.add(kind, Math.abs(data[place(index)] - expected.sample[sample]), tolerance, where),
  );
  let [sum, squares] = [0, 0];
  for (const value of data) sum += value;
  const mean = sum / size;
  for (const value of data) squares += (value - mean) ** 2;
  comparison.add(kind, Math.abs(mean - expected.mean), tolerance, `${where}: mean`);
  comparison.add(kind, Math.abs(Math.sqrt(squares / size) - expected.std), tolerance, `${where}: standard deviation`);
}

/** Index into `[batch, channels, height, width]` -> into `[batch, height, width, channels]`. */
function channelsLast([, channels, height, width]: readonly number[]): (index: number) => number {
  const cells = height * width;
  return (index) => {
    const [map, cell] = [Math.floor(index / cells), index % cells];
    const [image, channel] = [Math.floor(map / channels), map % channels];
    return (image * cells + cell) * channels + channel;
  };
}
