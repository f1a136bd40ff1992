import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { programFingerprint, type EngineDescription } from '@query2label/engine';
import { ConfigurationService } from '../../config/index.js';
import type { AssembledPipeline, CompilableProgram } from '../../pipeline/assembled-pipeline.js';
import { createFeatureFolder } from './feature-folder.js';
import { FeatureRoom } from './feature-room.js';
import { FeatureStore } from './feature-store.js';

export interface FeatureConfiguration {
  readonly pipeline: AssembledPipeline;
  /** The pipeline's features program. */
  readonly features: CompilableProgram;
  /** Engines differ in the last digits. */
  readonly engine: EngineDescription;
  /** Told once, when there is no more space. */
  readonly onFull: (reason: string) => void;
}

/**
 * Features of pictures on disk: `<data folder>/features/<fingerprint>/`. The fingerprint is that of everything that makes features of
 * pixels: the recorded program, all weights, the normalisation, the engine and its threads. Runs that agree in these share a folder.
 */
@Injectable()
export class FeatureCache {
  private readonly root: string;
  private readonly budget: number;

  constructor(configuration: ConfigurationService) {
    const { data, training } = configuration.values;
    this.root = join(data.folder, 'features');
    this.budget = training.featureCacheBytes;
  }

  async open({ pipeline, features, engine, onFull }: FeatureConfiguration): Promise<FeatureStore> {
    const { featureMap, imageSize, normalization, definition } = pipeline;
    const { height, width, channels } = featureMap;
    const program = programFingerprint('features', features.program, features.signature);
    const fingerprint = createHash('sha256').update(JSON.stringify({ program, engine })).digest('hex');
    await mkdir(this.root, { recursive: true });
    const own = await createFeatureFolder(this.root, fingerprint, {
      ...{ backbone: definition.backbone, imageSize, normalization, featureMap, engine, program },
      valuesPerPicture: height * width * channels,
    });
    return new FeatureStore(own, new FeatureRoom({ root: this.root, own, budget: this.budget, onFull }));
  }
}
