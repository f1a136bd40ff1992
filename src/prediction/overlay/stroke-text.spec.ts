import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { glyphFor } from './glyphs.js';
import { drawText, textWidth } from './stroke-text.js';

const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));

async function ink(text: string, maximumWidth = 1000): Promise<{ pixels: number; right: number }> {
  const line = drawText(text, 10, 30, { capitalHeight: 18, colour: '#000', maximumWidth });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1100" height="50"><rect width="1100" height="50" fill="#fff"/>${line}</svg>`;
  const { data, info } = await sharp(Buffer.from(svg)).greyscale().raw().toBuffer({ resolveWithObject: true });
  let pixels = 0;
  let right = 0;
  data.forEach((value, index) => {
    if (value > 128) return;
    pixels++;
    right = Math.max(right, index % info.width);
  });
  return { pixels, right };
}

describe('stroke text', () => {
  it('has strokes of its own for every printable ASCII character', () => {
    const paths = printable.map((character) => glyphFor(character).path);
    expect(new Set(paths).size).toBeGreaterThanOrEqual(printable.length - 1); // capital I and small l are the same stroke
    expect(paths).not.toContain(glyphFor('\u732b').path);
  });

  it('draws with paths alone, so that no font is needed', () => {
    const svg = drawText('person <b> & "x" 0.97', 0, 20, { capitalHeight: 9, colour: '#000', maximumWidth: 400 });
    expect(svg).not.toContain('<text');
    expect(svg).not.toContain('<b>');
  });

  it('puts ink on the picture, and no further than the width it reports', async () => {
    const { pixels, right } = await ink('person 0.97');
    expect(pixels).toBeGreaterThan(300);
    const width = textWidth('person 0.97', 18);
    expect(right).toBeGreaterThan(10 + width - 5);
    expect(right).toBeLessThan(10 + width + 5);
  });

  it('cuts what does not fit and ends in dots', async () => {
    expect((await ink('a label that is far too long for its tile', 120)).right).toBeLessThanOrEqual(10 + 120 + 3);
  });

  it('draws accented letters without their accents and unknown ones as boxes', () => {
    const style = { capitalHeight: 9, colour: '#000', maximumWidth: 400 };
    expect(drawText('caf\u00e9', 0, 0, style)).toBe(drawText('cafe', 0, 0, style));
    expect(drawText('\u732b', 0, 0, style)).toContain(glyphFor('\u732b').path);
  });
});
