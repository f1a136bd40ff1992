import { describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { EngineError } from '../errors.js';
import { loadTensorFlow } from './load-tensorflow.js';

describe('loading TensorFlow', () => {
  it('says how to get it where no package is there, with the cause', async () => {
    const loading = loadTensorFlow(['@tensorflow/nowhere', '@tensorflow/nowhere-either']);
    await expect(loading).rejects.toThrow(EngineError);
    await expect(loading).rejects.toThrow(
      /neither @tensorflow\/nowhere nor .*"npm install".*docs\/engines\.md.*nowhere: .*Cannot find/s,
    );
  });

  it('refuses a package that registers no backend with the TensorFlow.js of the programs', async () => {
    await expect(loadTensorFlow(['semver'])).rejects.toThrow(/semver brought a copy of TensorFlow\.js of its own/);
  });

  it('leaves the active backend as it was', async () => {
    await tf.setBackend('cpu');
    await loadTensorFlow(['@tensorflow/nowhere']).catch(() => undefined);
    expect(tf.getBackend()).toBe('cpu');
  });
});
