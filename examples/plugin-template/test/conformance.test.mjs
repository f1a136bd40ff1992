// What `npm test` runs outside the repository of the platform; inside, jest runs src/tiny-net.spec.ts.
import { describe, it } from 'node:test';
import { testBackbone } from '@query2label/sdk/testing';
import { TinyNet } from '../dist/index.js';

testBackbone({ provider: new TinyNet(), options: { stages: 3, width: 4 } }, { describe, it });
