import type { Shape } from './vocabulary.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Closed polygons of a shape; a point is within the shape if it is within an odd number of them. */
export type Outline = readonly (readonly Point[])[];

/** Points at equal angles, the first at the top or `turn` radians further, with the radii given in turn. */
function polygon(count: number, radii: readonly number[], turn = 0): Point[] {
  return Array.from({ length: count }, (_, index) => {
    const angle = (2 * Math.PI * index) / count - Math.PI / 2 + turn;
    const radius = radii[index % radii.length];
    return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
  });
}

const CIRCLE_CORNERS = 48;

/** Outlines within the unit circle around the origin. */
const UNIT_OUTLINES: Readonly<Record<Shape, Outline>> = {
  circle: [polygon(CIRCLE_CORNERS, [0.92])],
  square: [polygon(4, [1], Math.PI / 4)],
  triangle: [polygon(3, [1])],
  star: [polygon(10, [1, 0.45])],
  ring: [polygon(CIRCLE_CORNERS, [0.96]), polygon(CIRCLE_CORNERS, [0.52])],
};

/** Radius of the largest circle around the centre that lies wholly within the shape of radius 1; 0 where the centre is empty. */
export const INNER_RADIUS: Readonly<Record<Shape, number>> = {
  circle: 0.92,
  square: Math.SQRT1_2,
  triangle: 0.5,
  star: 0.42,
  ring: 0,
};

/** The outline of a shape of some radius, turned by `angle` radians, around a centre; all lengths in pixels. */
export function outlineOf(shape: Shape, centre: Point, radius: number, angle: number): Outline {
  const cosine = radius * Math.cos(angle);
  const sine = radius * Math.sin(angle);
  return UNIT_OUTLINES[shape].map((corners) =>
    corners.map(({ x, y }) => ({
      x: centre.x + x * cosine - y * sine,
      y: centre.y + x * sine + y * cosine,
    })),
  );
}

/** Whether a point lies within an outline, by the even-odd rule. */
export function contains(outline: Outline, point: Point): boolean {
  let inside = false;
  for (const corners of outline) {
    for (let index = 0, previous = corners.length - 1; index < corners.length; previous = index++) {
      const from = corners[previous];
      const to = corners[index];
      const crosses = from.y > point.y !== to.y > point.y;
      if (crosses && point.x < ((to.x - from.x) * (point.y - from.y)) / (to.y - from.y) + from.x) inside = !inside;
    }
  }
  return inside;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest upright box around an outline, cut at the edges of a picture of `size` by `size` pixels. */
export function boundingBox(outline: Outline, size: number): Box {
  const clamp = (value: number): number => Math.min(size, Math.max(0, value));
  const points = outline.flat();
  const left = clamp(Math.min(...points.map(({ x }) => x)));
  const top = clamp(Math.min(...points.map(({ y }) => y)));
  const right = clamp(Math.max(...points.map(({ x }) => x)));
  const bottom = clamp(Math.max(...points.map(({ y }) => y)));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The smallest box around two boxes. */
export function unionBox(first: Box, second: Box): Box {
  const x = Math.min(first.x, second.x);
  const y = Math.min(first.y, second.y);
  return {
    x,
    y,
    width: Math.max(first.x + first.width, second.x + second.width) - x,
    height: Math.max(first.y + first.height, second.y + second.height) - y,
  };
}

/** The share of an outline's area, in `[0, 1]`, whose points pass a test; measured at points one pixel apart. */
export function shareOfArea(outline: Outline, passes: (point: Point) => boolean): number {
  const points = outline.flat();
  const left = Math.floor(Math.min(...points.map(({ x }) => x)));
  const right = Math.ceil(Math.max(...points.map(({ x }) => x)));
  const top = Math.floor(Math.min(...points.map(({ y }) => y)));
  const bottom = Math.ceil(Math.max(...points.map(({ y }) => y)));
  let area = 0;
  let passing = 0;
  for (let y = top + 0.5; y < bottom; y += 1) {
    for (let x = left + 0.5; x < right; x += 1) {
      if (!contains(outline, { x, y })) continue;
      area += 1;
      if (passes({ x, y })) passing += 1;
    }
  }
  return area === 0 ? 0 : passing / area;
}
