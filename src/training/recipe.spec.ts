import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '../common/errors/index.js';
import { parseRecipe } from './recipe.js';

function faultsOf(input: unknown): Readonly<Record<string, string>> {
  try {
    parseRecipe(input);
  } catch (error) {
    if (error instanceof InvalidInputError) {
      return Object.fromEntries(error.fields.map(({ path, message }) => [path, message]));
    }
    throw error;
  }
  return {};
}

describe('parseRecipe', () => {
  it('fills in the defaults of the paper', () => {
    expect(parseRecipe({})).toMatchObject({
      ...{ epochs: 80, learningRate: 1e-4, averageDecay: 0.9997, earlyStopping: { patience: 8 } },
      ...{ optimizer: { name: 'adamw', options: {} }, schedule: { name: 'one-cycle' } },
    });
  });

  it('says of each fault where it is, what was received and what is expected', () => {
    const faults = faultsOf({
      epochs: 0,
      lerningRate: 0.1,
      batchSize: '32',
      averageDecay: 1,
      precision: 'float16',
      optimizer: { nme: 'adamw' },
      augmentations: [{ name: '' }],
      earlyStopping: { patience: 0, patient: true },
      metrics: [],
    });
    expect(faults).toMatchObject({
      'recipe.epochs': 'received 0, expected a whole number from 1 to 100000',
      'recipe.lerningRate': expect.stringMatching(
        /^unknown option, did you mean "learningRate"\? \(valid options: epochs, /,
      ),
      'recipe.batchSize': 'received "32", expected a whole number from 1 to 4096',
      'recipe.averageDecay': 'received 1, expected a number above 0 and below 1, or null',
      'recipe.precision': 'received "float16", expected "float32" or "mixed"',
      'recipe.optimizer.nme': expect.stringMatching(/did you mean "name"/),
      'recipe.optimizer.name': 'received nothing, expected text that is not empty',
      'recipe.augmentations.0.name': 'received "", expected text that is not empty',
      'recipe.earlyStopping.patience': expect.stringMatching(/^received 0, expected a whole number/),
      'recipe.earlyStopping.patient': expect.stringMatching(/unknown option/),
      'recipe.metrics': 'received [], expected at least one metric: the first decides which parameters are best',
    });
  });
});
