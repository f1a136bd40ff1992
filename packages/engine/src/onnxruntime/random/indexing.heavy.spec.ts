import { RANDOM_FAMILIES } from '../../testing/random/families/index.js';
import { describeRandomOps } from '../../testing/random-suite.js';

describeRandomOps('indexing', RANDOM_FAMILIES.indexing);
