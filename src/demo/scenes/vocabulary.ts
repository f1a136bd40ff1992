/** Shapes that can lie in a scene. */
export const SHAPES = ['circle', 'square', 'triangle', 'star', 'ring'] as const;
export type Shape = (typeof SHAPES)[number];

/** Colours of a shape's filling. */
export const COLOURS = ['red', 'orange', 'yellow', 'green', 'cyan', 'blue', 'purple'] as const;
export type Colour = (typeof COLOURS)[number];

/** What is drawn on a filling; a plain one has no label. */
export const PATTERNS = ['striped', 'dotted'] as const;
export type Pattern = (typeof PATTERNS)[number] | 'plain';

/** How two shapes lie to each other: one wholly within the other, or one partly hiding the other. */
export const RELATIONS = ['inside', 'overlapping'] as const;
export type Relation = (typeof RELATIONS)[number];

/** A label of the demo's data set with the group it belongs to (the COCO "supercategory"). */
export interface SceneLabel {
  readonly name: string;
  readonly group: 'shape' | 'colour' | 'pattern' | 'relation';
}

/** All labels of the demo's data set, in the order of their category ids. */
export const SCENE_LABELS: readonly SceneLabel[] = [
  ...SHAPES.map((name) => ({ name, group: 'shape' }) as const),
  ...COLOURS.map((name) => ({ name, group: 'colour' }) as const),
  ...PATTERNS.map((name) => ({ name, group: 'pattern' }) as const),
  ...RELATIONS.map((name) => ({ name, group: 'relation' }) as const),
];
