import type { Outline } from './outline.js';
import type { Colour, Pattern, Relation, Shape } from './vocabulary.js';

/** One shape lying in a scene; lengths in pixels, angles in radians. */
export interface SceneShape {
  readonly shape: Shape;
  readonly colour: Colour;
  readonly pattern: Pattern;
  readonly outline: Outline;
  /** Direction of the pattern. */
  readonly patternAngle: number;
  /** Shift of the colour's hue in degrees, and of its lightness in hundredths: no two reds are quite the same. */
  readonly shade: { readonly hue: number; readonly lightness: number };
}

/** Two shapes of a scene, by index, that stand in a relation; `back` is drawn before `front`. */
export interface SceneRelation {
  readonly relation: Relation;
  readonly back: number;
  readonly front: number;
}

export const TEXTURES = ['grain', 'bands', 'tiles', 'slope'] as const;
export type Texture = (typeof TEXTURES)[number];

export interface Background {
  readonly texture: Texture;
  /** Greyish ground colour as hue (degrees), saturation and lightness (hundredths). */
  readonly ground: { readonly hue: number; readonly saturation: number; readonly lightness: number };
  readonly angle: number;
  /** Seed of the grain; width of bands and tiles in pixels. */
  readonly grainSeed: number;
  readonly period: number;
}

/** A square picture: shapes in the order in which they are drawn, on a background. */
export interface Scene {
  /** Height and width in pixels. */
  readonly size: number;
  readonly background: Background;
  readonly shapes: readonly SceneShape[];
  readonly relations: readonly SceneRelation[];
}
