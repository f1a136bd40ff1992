import { Query2LabelPlugin } from '@query2label/sdk';
import { Query2Label } from './query2label.js';

export { Query2Label };
export { query2labelOptions } from './options.js';
export type { Query2LabelOptions } from './options.js';

@Query2LabelPlugin({
  name: 'query2label',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'The transformer encoder and decoder of Query2Label',
  providers: [Query2Label],
})
export class Query2LabelDecoderPlugin {}

export default Query2LabelDecoderPlugin;
