import { Query2LabelPlugin } from '@query2label/sdk';
import { Cvt } from './cvt.js';

export { Cvt };
export { cvtOptions } from './options.js';
export type { CvtOptions } from './options.js';

@Query2LabelPlugin({
  name: 'cvt',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'Convolutional vision transformers as backbones',
  providers: [Cvt],
})
export class CvtPlugin {}

export default CvtPlugin;
