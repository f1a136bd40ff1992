import { Query2LabelPlugin } from '@query2label/sdk';
import { BinaryCrossEntropy } from './binary-cross-entropy.js';

export { BinaryCrossEntropy };

@Query2LabelPlugin({
  name: 'binary-cross-entropy',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'Binary cross-entropy',
  providers: [BinaryCrossEntropy],
})
export class BinaryCrossEntropyPlugin {}

export default BinaryCrossEntropyPlugin;
