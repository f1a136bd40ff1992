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
  red: { hue: 358, saturation: 78, lightness: 46 },
  orange: { hue: 26, saturation: 88, lightness: 52 },
  yellow: { hue: 54, saturation: 88, lightness: 54 },
  green: { hue: 125, saturation: 60, lightness: 38 },
  cyan: { hue: 180, saturation: 65, lightness: 48 },
  blue: { hue: 226, saturation: 70, lightness: 50 },
  purple: { hue: 288, saturation: 55, lightness: 45 },
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

const LIGHT = '#f4f4ec';
const DARK = '#1e1e26';

/** Filling, pattern and edge colours of a shape. */
export function coloursOf({ colour, shade, pattern }: SceneShape): { filling: string; pattern: string; edge: string } {
  const base = BASES[colour];
  const filling = { ...base, hue: base.hue + shade.hue, lightness: base.lightness + shade.lightness };
  return {
    filling: hexColour(filling),
    pattern: pattern === 'striped' ? LIGHT : DARK,
    edge: hexColour({ ...filling, lightness: filling.lightness * 0.7 }),
  };
}
