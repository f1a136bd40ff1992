import { frozenDeclarations, maxPool2d, tf } from '@query2label/sdk';
import type { Layer, ParameterDeclarations } from '@query2label/sdk';
import { ARCHITECTURES, EXPANSION } from './architecture.js';
import { residualBlock } from './block.js';
import { normalizedConvolution } from './convolution.js';
import type { ResnetOptions } from './options.js';

export interface Network {
  readonly channels: number;
  readonly forward: Layer;
}

/** A residual network without its classifier, under torchvision's names: `conv1`, `bn1`, `layer1.0.conv1`, ... */
export function residualNetwork(parameters: ParameterDeclarations, options: ResnetOptions): Network {
  const { block: kind, blocks } = ARCHITECTURES[options.depth];
  const stemOptions = stageOptions(parameters, options, 1);
  const stem = normalizedConvolution(stemOptions.parameters.scope('conv1'), stemOptions.parameters.scope('bn1'), {
    inputs: 3,
    outputs: options.width,
    kernel: 7,
    stride: 2,
    normalization: stemOptions.normalization,
  });
  const layers: Layer[] = [];
  let inputs = options.width;
  let reached = 4;
  blocks.forEach((count, stage) => {
    const channels = options.width * 2 ** stage;
    const step = stage > 0 && reached < options.outputStride ? 2 : 1;
    reached *= step;
    const own = stageOptions(parameters, options, stage + 2);
    for (let index = 0; index < count; index++) {
      layers.push(
        residualBlock(own.parameters.scope(`layer${stage + 1}.${index}`), {
          kind,
          inputs,
          channels,
          stride: index === 0 ? step : 1,
          normalization: own.normalization,
        }),
      );
      inputs = channels * EXPANSION[kind];
    }
  });
  return {
    channels: inputs,
    forward: (scope, images) => {
      const pooled = maxPool2d(tf.relu(stem(scope, images)), { kernel: 3, stride: 2, padding: 1 });
      return layers.reduce((x, layer) => layer(scope, x), pooled);
    },
  };
}

/** Declarations and normalisation of a stage (1 is the stem): a frozen stage declares nothing trainable and keeps its statistics. */
function stageOptions(
  parameters: ParameterDeclarations,
  { frozenStages, normalization }: ResnetOptions,
  stage: number,
): { readonly parameters: ParameterDeclarations; readonly normalization: ResnetOptions['normalization'] } {
  return stage <= frozenStages
    ? { parameters: frozenDeclarations(parameters), normalization: 'frozen' }
    : { parameters, normalization };
}
