import type { HostRandom } from '@query2label/sdk';
import { between, chance, pick } from './draws.js';
import { contains, INNER_RADIUS, outlineOf, shareOfArea, type Point } from './outline.js';
import type { SceneShape } from './scene.js';
import { COLOURS, PATTERNS, SHAPES, type Colour, type Relation, type Shape } from './vocabulary.js';

export type GroupKind = 'single' | Relation;

/** A shape of a group: its looks, and where it lies from the group's centre. */
export interface Member extends Omit<SceneShape, 'outline'> {
  readonly offset: Point;
  readonly radius: number;
  readonly angle: number;
}

/** One shape, or two in a relation (the one behind first), within a circle of `radius` pixels. */
export interface Group {
  readonly kind: GroupKind;
  readonly radius: number;
  readonly members: readonly Member[];
}

const ORIGIN: Point = { x: 0, y: 0 };
/** Shapes wide enough around their centre to hold another one. */
const HOLDERS: readonly Shape[] = ['circle', 'square', 'triangle', 'star'];
/** Smallest radius, as a part of the picture's size, on which a pattern can still be told. */
const SMALLEST_PATTERNED = 0.16;
/** How much of the shape behind is hidden where two overlap. */
const HIDDEN = { least: 0.14, most: 0.4 };
/** How much of the shape in front may lie on the one behind, so that it is not taken to be inside. */
const MOST_WITHIN = 0.6;
const OVERLAP_STEPS = 24;
/** Shapes lean by up to 15 degrees either way. */
const LARGEST_TILT = (15 * Math.PI) / 180;

function drawLooks(random: HostRandom, shape: Shape, colour: Colour): Omit<Member, 'offset' | 'radius'> {
  return {
    shape,
    colour,
    pattern: chance(random, 0.45) ? pick(random, PATTERNS) : 'plain',
    angle: between(random, -LARGEST_TILT, LARGEST_TILT),
    patternAngle: between(random, 0, Math.PI),
    shade: { hue: between(random, -5, 5), lightness: between(random, -6, 6) },
  };
}

function twoColours(random: HostRandom): [Colour, Colour] {
  const first = random.integer(COLOURS.length);
  const second = (first + 1 + random.integer(COLOURS.length - 1)) % COLOURS.length;
  return [COLOURS[first], COLOURS[second]];
}

function composeSingle(random: HostRandom, size: number): Group {
  const radius = size * between(random, 0.21, 0.29);
  const looks = drawLooks(random, pick(random, SHAPES), pick(random, COLOURS));
  return { kind: 'single', radius, members: [{ ...looks, offset: ORIGIN, radius }] };
}

function composeInside(random: HostRandom, size: number): Group {
  const [outerColour, innerColour] = twoColours(random);
  const outer = drawLooks(random, pick(random, HOLDERS), outerColour);
  const inner = drawLooks(random, pick(random, SHAPES), innerColour);
  const roomy = INNER_RADIUS[outer.shape] > 0.6;
  const radius = size * (roomy ? between(random, 0.31, 0.38) : between(random, 0.4, 0.46));
  const innerRadius = radius * INNER_RADIUS[outer.shape] * between(random, roomy ? 0.55 : 0.72, roomy ? 0.75 : 0.85);
  const pattern = innerRadius < size * SMALLEST_PATTERNED ? 'plain' : inner.pattern;
  return {
    kind: 'inside',
    radius,
    members: [
      { ...outer, offset: ORIGIN, radius },
      { ...inner, pattern, offset: ORIGIN, radius: innerRadius },
    ],
  };
}

function composeOverlapping(random: HostRandom, size: number): Group {
  const [backColour, frontColour] = twoColours(random);
  const back = { ...drawLooks(random, pick(random, SHAPES), backColour), radius: size * between(random, 0.23, 0.29) };
  const front = { ...drawLooks(random, pick(random, SHAPES), frontColour), radius: size * between(random, 0.21, 0.26) };
  const direction = between(random, 0, 2 * Math.PI);
  const wanted = between(random, HIDDEN.least, HIDDEN.most);
  const reach = back.radius + front.radius;
  const along = (distance: number): Point => ({
    x: distance * Math.cos(direction),
    y: distance * Math.sin(direction),
  });
  const backOutline = outlineOf(back.shape, ORIGIN, back.radius, back.angle);
  // Moves the front shape in from outside until it hides as much as wanted.
  let distance = reach;
  for (let step = 1; step < OVERLAP_STEPS; step += 1) {
    distance = reach * (1 - step / OVERLAP_STEPS);
    const cover = outlineOf(front.shape, along(distance), front.radius, front.angle);
    if (shareOfArea(backOutline, (point) => contains(cover, point)) >= wanted) break;
    if (shareOfArea(cover, (point) => contains(backOutline, point)) >= MOST_WITHIN) break;
  }
  const middle = along(distance / 2);
  const end = along(distance);
  return {
    kind: 'overlapping',
    radius: distance / 2 + Math.max(back.radius, front.radius),
    members: [
      { ...back, offset: { x: -middle.x, y: -middle.y } },
      { ...front, offset: { x: end.x - middle.x, y: end.y - middle.y } },
    ],
  };
}

/** Draws one shape, or a pair in the given relation. @param size height and width of the picture in pixels */
export function composeGroup(random: HostRandom, kind: GroupKind, size: number): Group {
  switch (kind) {
    case 'single':
      return composeSingle(random, size);
    case 'inside':
      return composeInside(random, size);
    case 'overlapping':
      return composeOverlapping(random, size);
  }
}
