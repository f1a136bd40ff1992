import { Query2LabelPlugin } from '@query2label/sdk';
import { TfjsModel } from './tfjs-model.js';

export { TfjsModel };
export { tfjsModelOptions } from './options.js';
export type { TfjsModelOptions } from './options.js';

@Query2LabelPlugin({
  name: 'tfjs-model',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'TensorFlow.js layers models as backbones',
  providers: [TfjsModel],
})
export class TfjsModelPlugin {}

export default TfjsModelPlugin;
