import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createEngine, formulaImages, formulaParameters, runBackbone } from '@query2label/sdk/testing';
import { VitB16 } from './index.js';

interface Reference {
  readonly state_dict: readonly (readonly [name: string, shape: readonly number[]])[];
  readonly backbone_feature: { readonly sample_index: readonly number[]; readonly sample: readonly number[] };
}

const shared = process.env.Q2L_SHARED;

(shared === undefined ? describe.skip : describe)('ViT-B/16 against PyTorch', () => {
  it('has the same parameters and gives the same features', async () => {
    const path = join(shared ?? '', 'golden', 'public', 'vitb16-224.json');
    const reference = JSON.parse(readFileSync(path, 'utf8')) as Reference;
    const engine = await createEngine({ engine: 'onnxruntime', threads: 1 });
    const images = formulaImages('vitb16-224', 1, 224);
    const { specs, features } = await runBackbone(
      engine,
      new VitB16(),
      { positionGrid: 14 },
      images,
      formulaParameters,
    );
    await engine.dispose();
    expect(specs.map(({ name, shape }) => `${name} ${shape.join()}`).sort()).toEqual(
      reference.state_dict
        .filter(([name]) => name.startsWith('backbone.0.'))
        .map(([name, shape]) => `${name} ${shape.join()}`)
        .sort(),
    );
    const { sample, sample_index: places } = reference.backbone_feature;
    const cells = 14 * 14;
    const errors = places.map((place, index) => {
      const [channel, cell] = [Math.floor(place / cells), place % cells];
      return Math.abs(features.data[cell * 768 + channel] - sample[index]);
    });
    expect(Math.max(...errors)).toBeLessThan(1e-4);
  }, 120_000);
});
