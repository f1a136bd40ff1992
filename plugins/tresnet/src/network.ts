import { frozenDeclarations } from '@query2label/sdk';
import type { Layer, ParameterDeclarations } from '@query2label/sdk';
import { activatedConvolution } from './activated-convolution.js';
import { ARCHITECTURES, EXPANSION } from './architecture.js';
import { residualBlock } from './block.js';
import type { TresnetOptions } from './options.js';
import { CELL, spaceToDepth } from './space-to-depth.js';

const STEM_SLOPE = 1e-2;

export interface Network {
  readonly channels: number;
  readonly forward: Layer;
}

/** A TResNet without its classifier, under the official names: `conv1.0`, `layer1.0.conv1.0`, ... */
export function tresnet(parameters: ParameterDeclarations, options: TresnetOptions): Network {
  const published = ARCHITECTURES[options.variant];
  const { kinds } = published;
  const blocks = options.blocks === 'published' ? published.blocks : options.blocks;
  const width = options.width === 'published' ? published.width : options.width;
  const declarationsOf = (stage: number): ParameterDeclarations =>
    stage <= options.frozenStages ? frozenDeclarations(parameters) : parameters;
  const stem = activatedConvolution(declarationsOf(1).scope('conv1'), {
    inputs: CELL * CELL * 3,
    outputs: width,
    kernel: 3,
    slope: STEM_SLOPE,
  });
  const layers: Layer[] = [];
  let inputs = width;
  blocks.forEach((count, stage) => {
    const kind = kinds[stage];
    const channels = width * 2 ** stage;
    for (let index = 0; index < count; index += 1) {
      layers.push(
        residualBlock(declarationsOf(stage + 2).scope(`layer${stage + 1}.${index}`), {
          kind,
          inputs,
          channels,
          stride: stage > 0 && index === 0 ? 2 : 1,
          squeezeExcite: stage < 3,
        }),
      );
      inputs = channels * EXPANSION[kind];
    }
  });
  return {
    channels: inputs,
    forward: (scope, images) => layers.reduce((x, layer) => layer(scope, x), stem(scope, spaceToDepth(images))),
  };
}
