import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlatformUnderTest } from './platform-under-test.js';

const PREDICT = `query($input: PredictInput!) { predict(input: $input) { __typename
  ... on PredictionBatch { results { __typename ... on Prediction { labels { label score attention { url } } } ... on PredictionFailure { message } } }
  ... on UserError { message } } }`;

interface Answer {
  readonly predict: {
    readonly __typename: string;
    readonly message?: string;
    readonly results?: readonly { readonly __typename: string; readonly message?: string }[];
  };
}

/**
 * Sends one prediction query with pictures of the test's dataset.
 * @param options what is asked for beside scores
 * @throws unless every picture is answered
 */
export async function predictOnce(
  platform: PlatformUnderTest,
  checkpoint: string,
  count: number,
  options: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const files = Array.from({ length: count }, (_, index) =>
    join(platform.pictures, 'train', 'red', `${index % 4}.png`),
  );
  const images = await Promise.all(files.map(async (file) => ({ base64: (await readFile(file)).toString('base64') })));
  const { predict } = await platform.running.client.data<Answer>(PREDICT, {
    input: { checkpoint, images, ...options },
  });
  const results = predict.results ?? [];
  const failed = results.find(({ __typename }) => __typename !== 'Prediction');
  if (results.length !== count || failed !== undefined) {
    throw new Error(`The prediction was not answered: ${predict.message ?? failed?.message ?? 'too few results'}`);
  }
}
