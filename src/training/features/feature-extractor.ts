import type { Executable } from '@query2label/engine';
import type { RgbImage } from '@query2label/sdk';

/** Computes the features of one picture at a time, so that they depend on nothing else. */
export class FeatureExtractor {
  /** @param executable a compiled features program */
  constructor(private readonly executable: Executable) {}

  /** @returns `[height, width, channels]` of the feature map, row-major */
  async features({ height, width, data }: RgbImage): Promise<Float32Array> {
    const images = { dtype: 'float32', shape: [1, height, width, 3], data: new Float32Array(data) } as const;
    const { features } = await this.executable.run({ images });
    if (!(features.data instanceof Float32Array)) throw new Error(`Features are ${features.dtype}; expected float32.`);
    return features.data;
  }

  dispose(): Promise<void> {
    return this.executable.dispose();
  }
}
