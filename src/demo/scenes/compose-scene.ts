import type { HostRandom } from '@query2label/sdk';
import { between, chance, pick } from './draws.js';
import { composeGroup, type Group, type GroupKind } from './compose-group.js';
import { outlineOf, type Point } from './outline.js';
import { TEXTURES, type Background, type Scene, type SceneRelation, type SceneShape } from './scene.js';
import { RELATIONS } from './vocabulary.js';

/** Share of the scenes that hold a pair of shapes in a relation. */
const SHARE_WITH_PAIR = 0.65;
const PLACEMENT_ATTEMPTS = 60;
/** Room in pixels between two groups, so that nothing seems to overlap that is not labelled so. */
const GAP = 4;

function drawBackground(random: HostRandom): Background {
  return {
    texture: pick(random, TEXTURES),
    ground: { hue: between(random, 20, 230), saturation: between(random, 4, 18), lightness: between(random, 38, 80) },
    angle: between(random, 0, Math.PI),
    grainSeed: random.integer(10_000),
    period: between(random, 9, 20),
  };
}

/** Which groups of shapes a scene holds: a pair in a relation, sometimes with a shape beside it, or one or two single shapes. */
function planGroups(random: HostRandom): GroupKind[] {
  const pair = chance(random, SHARE_WITH_PAIR) ? pick(random, RELATIONS) : undefined;
  const singles = pair ? random.integer(2) : 1 + random.integer(2);
  return [...(pair ? [pair] : []), ...Array.from({ length: singles }, () => 'single' as const)];
}

function findPlace(random: HostRandom, group: Group, size: number, taken: readonly Placed[]): Point | undefined {
  const margin = group.kind === 'single' ? group.radius * 0.75 : group.radius;
  for (let attempt = 0; attempt < PLACEMENT_ATTEMPTS; attempt += 1) {
    const place = { x: between(random, margin, size - margin), y: between(random, margin, size - margin) };
    const free = taken.every(
      (other) => Math.hypot(other.place.x - place.x, other.place.y - place.y) > other.group.radius + group.radius + GAP,
    );
    if (free) return place;
  }
  return undefined;
}

interface Placed {
  readonly group: Group;
  readonly place: Point;
}

/**
 * Draws a scene: which shapes, where, in which relation.
 * A group for which no free place is found is left out, so that every label is true of what can be seen.
 * @param size height and width in pixels
 */
export function composeScene(random: HostRandom, size: number): Scene {
  const background = drawBackground(random);
  const placed: Placed[] = [];
  for (const kind of planGroups(random)) {
    const group = composeGroup(random, kind, size);
    const place = findPlace(random, group, size, placed);
    if (place) placed.push({ group, place });
  }
  const shapes: SceneShape[] = [];
  const relations: SceneRelation[] = [];
  for (const { group, place } of placed) {
    if (group.kind !== 'single') {
      relations.push({ relation: group.kind, back: shapes.length, front: shapes.length + 1 });
    }
    for (const { offset, radius, angle, ...look } of group.members) {
      const centre = { x: place.x + offset.x, y: place.y + offset.y };
      shapes.push({ ...look, outline: outlineOf(look.shape, centre, radius, angle) });
    }
  }
  return { size, background, shapes, relations };
}
