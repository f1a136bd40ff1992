import { Query2LabelPlugin } from '@query2label/sdk';
import { VitB16 } from './vit-b-16.js';
import { VitL16 } from './vit-l-16.js';

export { VitB16, VitL16 };
export type { VitOptions } from './options.js';

@Query2LabelPlugin({
  name: 'vit',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'Vision transformers as backbones',
  providers: [VitB16, VitL16],
})
export class VitPlugin {}

export default VitPlugin;
