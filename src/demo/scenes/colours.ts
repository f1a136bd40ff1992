import type { SceneShape } from './scene.js';
import type { Colour } from './vocabulary.js';

interface HueSaturationLightness {
  /** Degrees. */
  readonly hue: number;
  /** Hundredths. */
  readonly saturation: number;
  /** Hundredths. */
  readonly lightness: number;
}

const BASES: Readonly<Record<Colour, HueSaturationLightness>> = {
  red: { hue: 358, saturation: 75, lightness: 48 },
  yellow: { hue: 52, saturation: 85, lightness: 55 },
  green: { hue: 130, saturation: 55, lightness: 40 },
  blue: { hue: 215, saturation: 75, lightness: 52 },
  purple: { hue: 285, saturation: 55, lightness: 50 },
};

/** `#rrggbb` of a colour; lightness outside `[0, 100]` is drawn as black or white. */
export function hexColour({ hue, saturation, lightness }: HueSaturationLightness): string {
  const light = Math.min(1, Math.max(0, lightness / 100));
  const reach = (saturation / 100) * Math.min(light, 1 - light);
  const channel = (offset: number): string => {
    const position = (((offset + hue / 30) % 12) + 12) % 12;
    const value = light - reach * Math.max(-1, Math.min(position - 3, 9 - position, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

/** Filling, pattern and edge colours of a shape. */
export function coloursOf({ colour, shade }: SceneShape): { filling: string; pattern: string; edge: string } {
  const base = BASES[colour];
  const filling = { ...base, hue: base.hue + shade.hue, lightness: base.lightness + shade.lightness };
  return {
    filling: hexColour(filling),
    pattern: hexColour({ ...filling, lightness: filling.lightness * 0.45 }),
    edge: hexColour({ ...filling, lightness: filling.lightness * 0.7 }),
  };
}
