import { Query2LabelPlugin } from '@query2label/sdk';
import { AdamTrueWeightDecay } from './adam-true-weight-decay.js';
import { AdamW } from './adamw.js';
import { Sgd } from './sgd.js';

export { AdamTrueWeightDecay, AdamW, Sgd };

@Query2LabelPlugin({
  name: 'optimizers',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'AdamW, Adam and SGD as PyTorch computes them',
  providers: [AdamW, AdamTrueWeightDecay, Sgd],
})
export class OptimizersPlugin {}

export default OptimizersPlugin;
