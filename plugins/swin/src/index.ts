import { Query2LabelPlugin } from '@query2label/sdk';
import { Swin } from './swin.js';

export { Swin };
export { swinOptions } from './options.js';
export type { SwinOptions } from './options.js';

@Query2LabelPlugin({
  name: 'swin',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'Swin transformers as backbones',
  providers: [Swin],
})
export class SwinPlugin {}

export default SwinPlugin;
