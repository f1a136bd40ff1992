import type { FeatureMapSize, Layer, ParameterDeclarations } from '@query2label/sdk';
import { swinBlock } from './block.js';
import { attentionMask, isPadded, windowGeometry } from './geometry.js';
import type { WindowGeometry } from './geometry.js';
import { patchMerging } from './patch-merging.js';

export interface StageOptions {
  readonly map: FeatureMapSize;
  readonly depth: number;
  readonly heads: number;
  readonly window: number;
  /** Rate at which a block is skipped in training. */
  readonly dropPath: (block: number) => number;
  /** The last stage does not merge patches. */
  readonly isLast: boolean;
}

export interface Stage {
  /** What comes out. */
  readonly map: FeatureMapSize;
  /** Rows and columns of the windows, which may be smaller than asked for. */
  readonly window: number;
  /** How the stage was fitted to its map, where its windows are not those asked for or do not cover it. */
  readonly note?: string;
  readonly forward: Layer;
}

/** Blocks whose windows are shifted in every second one; then patches are merged. */
export function stage(parameters: ParameterDeclarations, options: StageOptions): Stage {
  const { map, depth, heads, isLast } = options;
  const { height, width, channels } = map;
  const geometries = [false, true].map((shifted) => windowGeometry(height, width, options.window, shifted));
  const masks = new Map<number, string>();
  const blocks = Array.from({ length: depth }, (_, index) => {
    const scope = parameters.scope(`blocks.${index}`);
    const geometry = geometries[index % 2];
    const { window, shift, paddedHeight, paddedWidth } = geometry;
    const shape = [(paddedHeight * paddedWidth) / window ** 2, window ** 2, window ** 2];
    const values = (): Float32Array => attentionMask(geometry);
    if (shift > 0) scope.published('attn_mask', shape, values);
    if ((shift > 0 || isPadded(geometry)) && !masks.has(shift)) {
      masks.set(shift, parameters.table(`window_mask_${shift}`, shape, values()));
    }
    const mask = masks.get(shift);
    return swinBlock(scope, { width: channels, heads, geometry, mask, dropPath: options.dropPath(index) });
  });
  const merge = isLast ? undefined : patchMerging(parameters.scope('downsample'), channels);
  return {
    map: isLast ? map : { height: Math.ceil(height / 2), width: Math.ceil(width / 2), channels: 2 * channels },
    window: geometries[0].window,
    note: noteOn(geometries[0], options.window),
    forward: (scope, x) => {
      const mixed = blocks.reduce((current, block) => block(scope, current), x);
      return merge === undefined ? mixed : merge(scope, mixed);
    },
  };
}

function noteOn(geometry: WindowGeometry, wanted: number): string | undefined {
  const { height, width, window, paddedHeight, paddedWidth } = geometry;
  const map = `a map of ${height} x ${width} cells`;
  const narrowed = window === wanted ? '' : `windows of ${window} x ${window} cells instead of ${wanted} x ${wanted}`;
  const padded = isPadded(geometry) ? `padded to ${paddedHeight} x ${paddedWidth}` : '';
  const parts = [narrowed, padded].filter((part) => part !== '');
  return parts.length === 0 ? undefined : `${map} has ${parts.join(', ').replace(/^padded/, 'to be padded')}`;
}
