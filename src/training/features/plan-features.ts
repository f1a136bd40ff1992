import type { NamedValues } from '@query2label/engine';
import type { AssembledPipeline } from '../../pipeline/assembled-pipeline.js';
import type { Recipe } from '../recipe.js';

/** Whether a run trains on features or on pictures, and what to tell of it. */
export interface FeaturePlan {
  /** Views of each training picture; null where pictures are fed. */
  readonly views: number | null;
  readonly note: { readonly level: 'info' | 'warn'; readonly message: string } | null;
}

/**
 * Decides by recipe and pipeline alone, so that a run that is resumed goes on as it began, whatever space there is by then.
 * @param values all parameters and buffers of the run
 */
export function planFeatures(
  { featureCache, augmentations }: Pick<Recipe, 'augmentations'> & { readonly featureCache?: Recipe['featureCache'] },
  pipeline: Pick<AssembledPipeline, 'whyFeaturesChange'>,
  values: NamedValues,
): FeaturePlan {
  // A run that an earlier version began has no such setting: it goes on without.
  if (featureCache === undefined || featureCache.mode === 'off') return { views: null, note: null };
  const { views } = featureCache;
  const reason = pipeline.whyFeaturesChange(values);
  if (reason !== null) {
    const message = `recipe.featureCache.views is ${views}, but features cannot be cached: ${reason}`;
    return { views: null, note: views === null ? null : { level: 'warn', message } };
  }
  if (augmentations.length === 0) return { views: 1, note: null };
  if (views !== null) return { views, note: null };
  const message =
    'the backbone is frozen, but its features are computed anew for every augmented picture; ' +
    'with recipe.featureCache.views, a number of augmented views of each picture are kept';
  return { views: null, note: { level: 'info', message } };
}
