import { Query2LabelPlugin } from '@query2label/sdk';
import { MobilenetV2 } from './mobilenet-v2.js';

export { MobilenetV2 };
export type { MobilenetOptions } from './options.js';

@Query2LabelPlugin({
  name: 'mobilenet',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'MobileNetV2 as a backbone',
  providers: [MobilenetV2],
})
export class MobilenetPlugin {}

export default MobilenetPlugin;
