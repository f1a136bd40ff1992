import { Query2LabelPlugin } from '@query2label/sdk';
import { AsymmetricLoss } from './asymmetric.js';
import { SimplifiedAsymmetricLoss } from './simplified-asymmetric.js';

export { AsymmetricLoss, SimplifiedAsymmetricLoss };

@Query2LabelPlugin({
  name: 'asymmetric-loss',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'Asymmetric losses, full and simplified',
  providers: [AsymmetricLoss, SimplifiedAsymmetricLoss],
})
export class AsymmetricLossPlugin {}

export default AsymmetricLossPlugin;
