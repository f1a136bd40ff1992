import { describe, it } from '@jest/globals';
import { testDecoder } from '@query2label/sdk/testing';
import { LinearDecoder } from './index.js';

testDecoder({ provider: new LinearDecoder(), options: { dropout: 0.5 } }, { describe, it });
testDecoder({ provider: new LinearDecoder(), options: { pooling: 'maximum' } }, { describe, it });
