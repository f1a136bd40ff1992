import type { Normalization } from './model.js';

/** Mean and standard deviation of ImageNet's colours, what most published backbones were trained with. */
export const IMAGENET_NORMALIZATION: Normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** Maps 0..255 to -1..1, as MobileNet and other networks from TensorFlow expect. */
export const HALF_NORMALIZATION: Normalization = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/** Maps 0..255 to 0..1 and nothing else, as TResNet expects. */
export const UNIT_NORMALIZATION: Normalization = { mean: [0, 0, 0], std: [1, 1, 1] };

/** Normalisations by name, as pipeline definitions may give them. */
export const NORMALIZATIONS = {
  imagenet: IMAGENET_NORMALIZATION,
  none: UNIT_NORMALIZATION,
  half: HALF_NORMALIZATION,
} as const satisfies Readonly<Record<string, Normalization>>;
