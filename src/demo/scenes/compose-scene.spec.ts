import { describe, expect, it } from '@jest/globals';
import { sceneRandom } from '../scene-random.js';
import { findingsOf } from './coco-annotations.js';
import { composeScene } from './compose-scene.js';
import { contains, shareOfArea } from './outline.js';
import { SCENE_LABELS } from './vocabulary.js';

const SIZE = 128;
const scenes = Array.from({ length: 400 }, (_, index) => composeScene(sceneRandom(7)('test', index), SIZE));
const pairs = scenes.flatMap(({ shapes, relations }) =>
  relations.map(({ relation, back, front }) => ({
    relation,
    back: shapes[back].outline,
    front: shapes[front].outline,
  })),
);
const share = (of: (typeof pairs)[number]['back'], within: (typeof pairs)[number]['back']): number =>
  shareOfArea(of, (point) => contains(within, point));

describe('composed scenes', () => {
  it('say "inside" only where one shape lies wholly within the other', () => {
    const inside = pairs.filter(({ relation }) => relation === 'inside');
    expect(inside.length).toBeGreaterThan(80);
    for (const { back, front } of inside) expect(share(front, back)).toBe(1);
  });

  it('say "overlapping" where one shape hides a part of the other, and is not within it', () => {
    const overlapping = pairs.filter(({ relation }) => relation === 'overlapping');
    expect(overlapping.length).toBeGreaterThan(80);
    for (const { back, front } of overlapping) {
      expect(share(back, front)).toBeGreaterThan(0.02);
      expect(share(back, front)).toBeLessThan(0.7);
      expect(share(front, back)).toBeLessThan(0.85);
    }
  });

  it('keep shapes apart that stand in no relation', () => {
    for (const { shapes, relations } of scenes) {
      shapes.forEach((first, from) =>
        shapes.slice(from + 1).forEach((second, offset) => {
          const related = relations.some(({ back, front }) => back === from && front === from + 1 + offset);
          if (!related) expect(share(first.outline, second.outline)).toBe(0);
        }),
      );
    }
  });

  it('show most of every shape: the edge of the picture cuts off less than a quarter', () => {
    for (const shape of scenes.flatMap((scene) => scene.shapes)) {
      const cut = shareOfArea(shape.outline, ({ x, y }) => x < 0 || y < 0 || x > SIZE || y > SIZE);
      expect(cut).toBeLessThan(0.25);
    }
  });

  it('have every label in a fifth to a half of the pictures', () => {
    for (const { name } of SCENE_LABELS) {
      const count = scenes.filter((scene) => findingsOf(scene).some(({ label }) => label === name)).length;
      expect({ name, share: count / scenes.length > 0.2 && count / scenes.length < 0.55 }).toEqual({
        name,
        share: true,
      });
    }
  });
});
