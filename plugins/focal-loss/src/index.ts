import { Query2LabelPlugin } from '@query2label/sdk';
import { FocalLoss } from './focal-loss.js';

export { FocalLoss };

@Query2LabelPlugin({
  name: 'focal-loss',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'Focal loss',
  providers: [FocalLoss],
})
export class FocalLossPlugin {}

export default FocalLossPlugin;
