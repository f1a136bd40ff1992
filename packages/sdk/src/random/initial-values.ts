import type { ParameterSpec } from '../contracts/index.js';
import { hostNormal, hostRandom } from './host-random.js';
import { keyOf } from './key.js';

/**
 * First values of a parameter, row-major. Random ones depend on the seed and the parameter's name only, so that adding a
 * layer does not change the others.
 * @throws if loaded values have another number of elements than the declared shape
 */
export async function initialValues(spec: ParameterSpec, seed: number): Promise<Float32Array> {
  const size = spec.shape.reduce((product, extent) => product * extent, 1);
  const { initializer } = spec;
  switch (initializer.kind) {
    case 'zeros':
      return new Float32Array(size);
    case 'ones':
      return new Float32Array(size).fill(1);
    case 'constant':
      return new Float32Array(size).fill(initializer.value);
    case 'uniform': {
      const random = hostRandom(keyOf(seed, 'initialisation', spec.name));
      return Float32Array.from({ length: size }, () => (2 * random.uniform() - 1) * initializer.bound);
    }
    case 'normal': {
      const random = hostRandom(keyOf(seed, 'initialisation', spec.name));
      return Float32Array.from({ length: size }, () => hostNormal(random) * initializer.standardDeviation);
    }
    case 'values': {
      const values = await initializer.load();
      if (values.length !== size) {
        throw new Error(
          `Parameter "${spec.name}" is declared as [${spec.shape.join(', ')}], ${size} values, but ${values.length} were loaded.`,
        );
      }
      return values;
    }
  }
}
