import { Query2LabelPlugin } from '@query2label/sdk';
import { LinearDecoder } from './linear-decoder.js';

export { LinearDecoder };

@Query2LabelPlugin({
  name: 'linear-decoder',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'Global pooling and one linear layer as a decoder',
  providers: [LinearDecoder],
})
export class LinearDecoderPlugin {}

export default LinearDecoderPlugin;
