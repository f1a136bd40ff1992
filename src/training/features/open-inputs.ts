import type { NamedValues } from '@query2label/engine';
import type { InputLoader } from '../trainer/input-batch.js';
import { PictureLoader } from '../trainer/picture-loader.js';
import type { TrainingJob } from '../trainer/training-job.js';
import { FeatureExtractor } from './feature-extractor.js';
import { FeatureLoader } from './feature-loader.js';
import { formatBytes } from './format-bytes.js';
import { planFeatures } from './plan-features.js';

/**
 * Where a run gets its inputs from: features where its backbone does not change them, else pictures. Says which in the log.
 * @param values all parameters and buffers
 */
export async function openInputs(job: TrainingJob, values: NamedValues): Promise<InputLoader> {
  const { engine, pipeline, recipe, hooks } = job;
  const { views, note } = planFeatures(recipe, pipeline, values);
  if (note !== null) await hooks.onLog(note.level, note.message);
  if (views === null) return new PictureLoader(job.loader);
  const warn = (message: string): void => void hooks.onLog('warn', message);
  const features = pipeline.featuresProgram(values);
  const store = await job.featureCache.open({
    ...{ pipeline, features, engine: engine.description },
    onFull: (reason) => warn(`no more features are kept, they are computed again in each epoch: ${reason}`),
  });
  const { featureMap } = pipeline;
  const { height, width, channels } = featureMap;
  const each = formatBytes(4 * height * width * channels);
  const which = views === 1 ? '' : `, ${views} augmented views of each training picture`;
  await hooks.onLog('info', `trains on cached features of the frozen backbone, ${height} x ${width} x ${channels}, ${each} a picture${which}`); // prettier-ignore
  const executable = await engine.compile(features.program, features.signature, { label: 'features' });
  return new FeatureLoader({
    ...{ store, featureMap, views, extractor: new FeatureExtractor(executable) },
    onDamage: (picture) => warn(`the cached features of ${picture} were damaged; they are computed again`),
  });
}
