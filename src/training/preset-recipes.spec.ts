import { beforeAll, describe, expect, it } from '@jest/globals';
import { builtInPlugin, registryOf } from '../../test/support/component-registry.js';
import { PIPELINE_PRESETS } from '../pipeline/presets/presets.js';
import type { ComponentRegistry } from '../plugin/index.js';
import { parseRecipe } from './recipe.js';

describe('recipes of presets', () => {
  let registry: ComponentRegistry;
  beforeAll(async () => {
    registry = await registryOf(...['optimizers', 'schedules', 'augmentations'].map(builtInPlugin));
  });

  it.each(PIPELINE_PRESETS)('$name is trained with a recipe that is valid', ({ recipe }) => {
    const { optimizer, schedule, augmentations } = parseRecipe(recipe);
    expect(registry.resolve('optimizer', optimizer).component.name).toBe(optimizer.name);
    expect(registry.resolve('schedule', schedule).component.name).toBe(schedule.name);
    for (const reference of augmentations) registry.resolve('augmentation', reference);
  });
});
