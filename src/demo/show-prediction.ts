import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { GraphqlClient } from '../client/graphql-client.js';
import { PREDICT, type PredictionDetails } from '../client/operations/predictions.js';
import { settled } from '../client/refusal.js';
import { uploadPicture } from '../client/upload.js';
import { renderAttentionSheet } from '../prediction/overlay/attention-sheet.js';
import { formatNumber } from '../terminal/format.js';

const MOST_MAPS = 100;
/** Labels shown where none reaches its threshold. */
const CLOSEST = 3;
const TILE_SIZE = 256;

/** Uploads a picture and asks a checkpoint about it, attention maps included. @throws if the picture is refused */
export async function predictPicture(
  client: GraphqlClient,
  checkpoint: string,
  path: string,
): Promise<PredictionDetails> {
  const imageId = await uploadPicture(client, path);
  const input = { checkpoint, images: [{ imageId }], options: { attention: { labels: MOST_MAPS } } };
  const [result] = settled((await client.request(PREDICT, { input })).predict).results;
  if (result.__typename === 'PredictionFailure') throw new Error(`${path}: ${result.message}`);
  return result;
}

/** The labels that are decided present; where there are none, the three with the highest scores. */
export function shownLabels({ labels }: PredictionDetails): PredictionDetails['labels'] {
  const decided = labels.filter(({ decision }) => decision);
  return decided.length > 0
    ? decided
    : labels.toSorted((first, second) => second.score - first.score).slice(0, CLOSEST);
}

/** Writes a PNG of the picture beside one attention map for each of the `shownLabels`. */
export async function writeAttentionSheet(path: string, prediction: PredictionDetails, output: string): Promise<void> {
  const { data, info } = await sharp(path)
    .autoOrient()
    .resize(TILE_SIZE, TILE_SIZE, { fit: 'inside' })
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const picture = { width: info.width, height: info.height, data: new Uint8Array(data) };
  const maps = shownLabels(prediction).flatMap(({ label, score, attention }) =>
    attention
      ? [
          {
            caption: `${label} ${formatNumber(score, 2)}`,
            grid: {
              rows: attention.rows,
              columns: attention.columns,
              values: Float32Array.from(attention.values.flat()),
            },
          },
        ]
      : [],
  );
  await writeFile(output, await renderAttentionSheet(picture, maps, { title: 'picture', tileSize: TILE_SIZE }));
}
