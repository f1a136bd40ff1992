import { hostRandom, keyOf, type HostRandom } from '@query2label/sdk';

/** Random numbers of each picture of the set with some seed: those of one do not depend on those of another. */
export function sceneRandom(seed: number): (split: string, index: number) => HostRandom {
  return (split, index) => hostRandom(keyOf(seed, 'scene', split, index));
}
