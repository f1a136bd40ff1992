import { Query2LabelPlugin } from '@query2label/sdk';
import { DistributionBalancedLoss } from './distribution-balanced-loss.js';

export { DistributionBalancedLoss };
export type { DistributionBalancedOptions } from './options.js';

@Query2LabelPlugin({
  name: 'distribution-balanced-loss',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'Distribution-balanced loss',
  providers: [DistributionBalancedLoss],
})
export class DistributionBalancedLossPlugin {}

export default DistributionBalancedLossPlugin;
