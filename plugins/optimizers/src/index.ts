import { Query2LabelPlugin } from '@query2label/sdk';
import { AdamW } from './adamw.js';
import { Sgd } from './sgd.js';

export { AdamW, Sgd };

@Query2LabelPlugin({
  name: 'optimizers',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'AdamW and SGD as PyTorch computes them',
  providers: [AdamW, Sgd],
})
export class OptimizersPlugin {}

export default OptimizersPlugin;
