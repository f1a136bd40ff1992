import { coloursOf, hexColour } from './colours.js';
import type { Outline } from './outline.js';
import type { Background, Scene, SceneShape } from './scene.js';

/** The size of a picture, in pixels, for which the widths below are given. */
const REFERENCE_SIZE = 128;
const STRIPE_PERIOD = 13;
const DOT_PERIOD = 13;
const DOT_RADIUS = 3.8;

const degrees = (radians: number): string => ((radians * 180) / Math.PI).toFixed(1);

function pathOf(outline: Outline): string {
  return outline
    .map((corners) => `M${corners.map(({ x, y }) => `${x.toFixed(2)} ${y.toFixed(2)}`).join('L')}Z`)
    .join('');
}

function patternOf(shape: SceneShape, id: string, scale: number): string {
  const colours = coloursOf(shape);
  const period = (shape.pattern === 'dotted' ? DOT_PERIOD : STRIPE_PERIOD) * scale;
  const mark =
    shape.pattern === 'dotted'
      ? `<circle cx="${period / 2}" cy="${period / 2}" r="${DOT_RADIUS * scale}" fill="${colours.pattern}"/>`
      : `<rect width="${period}" height="${period * 0.42}" fill="${colours.pattern}"/>`;
  return (
    `<pattern id="${id}" width="${period}" height="${period}" patternUnits="userSpaceOnUse" ` +
    `patternTransform="rotate(${degrees(shape.patternAngle)})">` +
    `<rect width="${period}" height="${period}" fill="${colours.filling}"/>${mark}</pattern>`
  );
}

function drawShape(shape: SceneShape, index: number, scale: number): string {
  const colours = coloursOf(shape);
  const id = `filling${index}`;
  const plain = shape.pattern === 'plain';
  return (
    (plain ? '' : patternOf(shape, id, scale)) +
    `<path d="${pathOf(shape.outline)}" fill-rule="evenodd" fill="${plain ? colours.filling : `url(#${id})`}" ` +
    `stroke="${colours.edge}" stroke-width="${1.2 * scale}" stroke-linejoin="round"/>`
  );
}

/** What makes the ground uneven, drawn over its plain colour. */
function drawTexture({ texture, ground, angle, grainSeed, period }: Background, scale: number): string {
  const darker = hexColour({ ...ground, lightness: ground.lightness - 6 });
  const turn = `patternUnits="userSpaceOnUse" patternTransform="rotate(${degrees(angle)})"`;
  const width = period * scale;
  const covering = '<rect width="100%" height="100%"';
  switch (texture) {
    case 'grain':
      return (
        '<filter id="texture" x="0" y="0" width="100%" height="100%">' +
        `<feTurbulence type="fractalNoise" baseFrequency="${0.1 / scale}" numOctaves="3" seed="${grainSeed}"/>` +
        '<feColorMatrix values="0 0 0 0 0  0 0 0 0 0  0 0 0 0 0  0.6 0 0 0 -0.14"/></filter>' +
        `${covering} filter="url(#texture)"/>`
      );
    case 'bands':
      return (
        `<pattern id="texture" width="${width}" height="${width}" ${turn}>` +
        `<rect width="${width}" height="${width * 0.5}" fill="${darker}"/></pattern>${covering} fill="url(#texture)"/>`
      );
    case 'tiles':
      return (
        `<pattern id="texture" width="${width}" height="${width}" ${turn}>` +
        `<path d="M0 0H${width}M0 0V${width}" stroke="${darker}" stroke-width="${3 * scale}"/></pattern>` +
        `${covering} fill="url(#texture)"/>`
      );
    case 'slope':
      return (
        `<linearGradient id="texture" gradientTransform="rotate(${degrees(angle)} 0.5 0.5)">` +
        `<stop offset="0" stop-color="${hexColour({ ...ground, lightness: ground.lightness + 12 })}"/>` +
        `<stop offset="1" stop-color="${hexColour({ ...ground, lightness: ground.lightness - 18 })}"/></linearGradient>` +
        `${covering} fill="url(#texture)"/>`
      );
  }
}

/** A scene as an SVG document of its own size. */
export function drawScene({ size, background, shapes }: Scene): string {
  const scale = size / REFERENCE_SIZE;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}">` +
    `<rect width="100%" height="100%" fill="${hexColour(background.ground)}"/>` +
    drawTexture(background, scale) +
    shapes.map((shape, index) => drawShape(shape, index, scale)).join('') +
    '</svg>'
  );
}
