import { tf } from '@query2label/sdk';
import type { Layer, ParameterDeclarations } from '@query2label/sdk';
import { convolutionUnit } from './convolution.js';
import type { MobilenetOptions } from './options.js';

export interface InvertedResidualOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: 1 | 2;
  /** Factor by which the block widens inside; 1 leaves the widening out. */
  readonly expansion: number;
}

/** Widen, filter each channel on its own, narrow (Sandler et al. 2018, figure 3); with a shortcut where the shape stays. */
export function invertedResidual(
  parameters: ParameterDeclarations,
  { inputs, outputs, stride, expansion }: InvertedResidualOptions,
  options: MobilenetOptions,
): Layer {
  const hidden = inputs * expansion;
  const unit = (index: number, unitOptions: Parameters<typeof convolutionUnit>[2]): Layer => {
    const own = parameters.scope(`conv.${index}`);
    return convolutionUnit(own.scope('0'), own.scope('1'), unitOptions, options);
  };
  const widen = expansion === 1 ? [] : [unit(0, { inputs, outputs: hidden, kernel: 1, activated: true })];
  const filter = unit(widen.length, {
    inputs: hidden,
    outputs: hidden,
    kernel: 3,
    stride,
    depthwise: true,
    activated: true,
  });
  const next = widen.length + 1;
  const narrow = convolutionUnit(
    parameters.scope(`conv.${next}`),
    parameters.scope(`conv.${next + 1}`),
    { inputs: hidden, outputs, kernel: 1, activated: false },
    options,
  );
  const layers = [...widen, filter, narrow];
  const hasShortcut = stride === 1 && inputs === outputs;
  return (scope, x) => {
    const y = layers.reduce((value, layer) => layer(scope, value), x);
    return hasShortcut ? tf.add<tf.Tensor4D>(x, y) : y;
  };
}
