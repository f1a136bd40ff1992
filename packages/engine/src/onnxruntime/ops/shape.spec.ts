import { shapeCases } from '../../testing/cases/shape.js';
import { describeOps } from '../../testing/op-suite.js';

describeOps('shape and indexing ops', shapeCases);
