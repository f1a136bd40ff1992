import { InvalidInputError } from '../../common/errors/index.js';
import type { AssembledPipeline } from '../../pipeline/assembled-pipeline.js';
import { BACKBONE_PREFIX } from '../../pipeline/weights/parameter-target.js';
import type { Recipe } from '../recipe.js';

/**
 * Views are wanted of features that cannot be kept: that is said before the run starts, as far as it can be seen without recording
 * the backbone.
 * @throws InvalidInputError
 */
export function refuseViews(
  { featureCache }: Pick<Recipe, 'featureCache'>,
  { parameters }: Pick<AssembledPipeline, 'parameters'>,
): void {
  if (featureCache.views === null) return;
  const path = 'recipe.featureCache.views';
  if (featureCache.mode === 'off') {
    throw InvalidInputError.field(path, `received ${featureCache.views}, but mode is off`, 'Leave one of both out.');
  }
  const learning = parameters.filter(({ name, role }) => role === 'trainable' && name.startsWith(BACKBONE_PREFIX));
  if (learning.length === 0) return;
  throw InvalidInputError.field(
    path,
    `received ${featureCache.views}, but ${learning.length} parameters of the backbone learn, "${learning[0].name}" for one: its features change`,
    `Freeze the backbone (freeze: ["${BACKBONE_PREFIX}"]), or leave views out.`,
  );
}
