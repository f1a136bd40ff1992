import { Query2LabelPlugin } from '@query2label/sdk';
import { MlDecoder } from './ml-decoder.js';

export { MlDecoder };
export { mlDecoderOptions } from './options.js';
export type { MlDecoderOptions } from './options.js';

@Query2LabelPlugin({
  name: 'ml-decoder',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'ML-Decoder: group decoding with fixed queries',
  providers: [MlDecoder],
})
export class MlDecoderPlugin {}

export default MlDecoderPlugin;
