import { describe, it } from '@jest/globals';
import { testAugmentation } from '@query2label/sdk/testing';
import { Cutout, HorizontalFlip, RandAugment } from './index.js';

testAugmentation({ provider: new RandAugment() }, { describe, it });
testAugmentation({ provider: new Cutout() }, { describe, it });
testAugmentation({ provider: new HorizontalFlip() }, { describe, it });
