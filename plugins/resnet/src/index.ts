import { Query2LabelPlugin } from '@query2label/sdk';
import { Resnet } from './resnet.js';

export { Resnet };
export { resnetOptions } from './options.js';
export type { ResnetOptions } from './options.js';

@Query2LabelPlugin({
  name: 'resnet',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'Residual networks as backbones',
  providers: [Resnet],
})
export class ResnetPlugin {}

export default ResnetPlugin;
