import { glyphFor } from './glyphs.js';

const GAP = 1.4;
/** Units of the glyph grid from the top of the capitals to the baseline. */
const CAPITAL_HEIGHT = 6;

export interface TextStyle {
  /** Height of a capital letter in pixels. */
  readonly capitalHeight: number;
  /** CSS colour. */
  readonly colour: string;
  /** Text that is wider is cut and ends in three dots. */
  readonly maximumWidth: number;
}

/** Letters with their accents taken off, since only plain ones can be drawn; one entry per character. */
function drawableCharacters(text: string): string[] {
  return [...text.normalize('NFKD').replace(/\p{M}/gu, '')];
}

function widthInUnits(characters: readonly string[]): number {
  const glyphs = characters.reduce((sum, character) => sum + glyphFor(character).width, 0);
  return glyphs + GAP * Math.max(0, characters.length - 1);
}

function fit(characters: readonly string[], maximumUnits: number): readonly string[] {
  if (widthInUnits(characters) <= maximumUnits) return characters;
  const dots = ['.', '.', '.'];
  let kept = characters.length;
  while (kept > 0 && widthInUnits([...characters.slice(0, kept), ...dots]) > maximumUnits) kept--;
  return [...characters.slice(0, kept), ...dots];
}

/** Pixels that a text takes without being cut. */
export function textWidth(text: string, capitalHeight: number): number {
  return (widthInUnits(drawableCharacters(text)) * capitalHeight) / CAPITAL_HEIGHT;
}

/**
 * One line of text as SVG paths, independent of the fonts on the machine.
 * @param x left edge in pixels
 * @param baseline in pixels from the top
 */
export function drawText(text: string, x: number, baseline: number, style: TextStyle): string {
  const scale = style.capitalHeight / CAPITAL_HEIGHT;
  let position = 0;
  const strokes: string[] = [];
  for (const character of fit(drawableCharacters(text), style.maximumWidth / scale)) {
    const glyph = glyphFor(character);
    if (glyph.path !== '') strokes.push(`<path transform="translate(${position.toFixed(2)} 0)" d="${glyph.path}"/>`);
    position += glyph.width + GAP;
  }
  const origin = `translate(${x} ${baseline - style.capitalHeight}) scale(${scale})`;
  const pen = 'fill="none" stroke-width="0.85" stroke-linecap="round" stroke-linejoin="round"';
  return `<g transform="${origin}" stroke="${style.colour}" ${pen}>${strokes.join('')}</g>`;
}
