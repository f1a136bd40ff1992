import { describe, it } from '@jest/globals';
import { testBackbone } from '@query2label/sdk/testing';
import { MobilenetV2 } from './index.js';

const imageSize = { height: 32, width: 64 };
testBackbone(
  { provider: new MobilenetV2(), imageSize, options: { padding: 'tensorflow', width: 0.1 } },
  { describe, it },
);
