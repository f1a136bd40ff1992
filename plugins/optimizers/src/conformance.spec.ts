import { describe, it } from '@jest/globals';
import { testOptimizer } from '@query2label/sdk/testing';
import { AdamTrueWeightDecay, AdamW, Sgd } from './index.js';

testOptimizer({ provider: new AdamW() }, { describe, it });
testOptimizer(
  { provider: new AdamW(), options: { decay: 'spare-biases-and-norms', weightDecay: 0.1 } },
  { describe, it },
);
testOptimizer({ provider: new AdamTrueWeightDecay() }, { describe, it });
testOptimizer({ provider: new Sgd() }, { describe, it });
testOptimizer({ provider: new Sgd(), options: { nesterov: true, weightDecay: 0.01 } }, { describe, it });
