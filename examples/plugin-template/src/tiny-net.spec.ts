import { describe, it } from '@jest/globals';
import { testBackbone } from '@query2label/sdk/testing';
import { TinyNet } from './tiny-net.js';

testBackbone({ provider: new TinyNet(), options: { stages: 3, width: 4 } }, { describe, it });
// a size that does not divide evenly
testBackbone(
  { provider: new TinyNet(), options: { stages: 2, width: 3 }, imageSize: { height: 33, width: 18 } },
  { describe, it },
);
