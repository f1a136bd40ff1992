import { describe, it } from '@jest/globals';
import { testSchedule } from '@query2label/sdk/testing';
import { Constant, Cosine, OneCycle } from './index.js';

testSchedule({ provider: new OneCycle() }, { describe, it });
testSchedule({ provider: new OneCycle(), options: { shape: 'linear', cycleMomentum: false } }, { describe, it });
testSchedule({ provider: new Constant() }, { describe, it });
testSchedule({ provider: new Cosine() }, { describe, it });
