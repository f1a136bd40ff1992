/** One entry per level 0..255, as bytes red, green, blue. */
export type ColourMap = Uint8Array;

const LEVELS = 256;

/** OKLCH (lightness 0..1, chroma, hue in degrees) to linear sRGB, by the published matrices of Björn Ottosson's OKLab. */
function oklchToLinearRgb(lightness: number, chroma: number, hue: number): [number, number, number] {
  const radians = (hue * Math.PI) / 180;
  const a = chroma * Math.cos(radians);
  const b = chroma * Math.sin(radians);
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ];
}

function inGamut(colour: readonly number[]): boolean {
  return colour.every((channel) => channel >= 0 && channel <= 1);
}

/** The most saturated displayable colour of this lightness and hue whose chroma does not exceed `wanted`. */
function displayable(lightness: number, wanted: number, hue: number): [number, number, number] {
  let colour = oklchToLinearRgb(lightness, wanted, hue);
  for (let chroma = wanted; !inGamut(colour) && chroma > 0; chroma -= 0.002) {
    colour = oklchToLinearRgb(lightness, Math.max(0, chroma - 0.002), hue);
  }
  return colour;
}

function encodeGamma(linear: number): number {
  const clamped = Math.min(1, Math.max(0, linear));
  const encoded = clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * clamped ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255);
}

/**
 * Dark violet through red and orange to pale yellow. Perceived lightness rises by the same amount at each level, so that
 * equal differences in attention look equal, in print and to colour-blind eyes as well.
 */
function buildHeatColours(): ColourMap {
  const colours = new Uint8Array(LEVELS * 3);
  for (let level = 0; level < LEVELS; level++) {
    const position = level / (LEVELS - 1);
    const lightness = 0.16 + 0.8 * position;
    const hue = (295 + 170 * position) % 360;
    const chroma = 0.06 + 0.15 * Math.sin(Math.PI * position);
    displayable(lightness, chroma, hue).forEach((channel, index) => {
      colours[level * 3 + index] = encodeGamma(channel);
    });
  }
  return colours;
}

export const HEAT_COLOURS: ColourMap = buildHeatColours();
