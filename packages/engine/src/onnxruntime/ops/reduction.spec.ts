import { reductionCases } from '../../testing/cases/reduction.js';
import { describeOps } from '../../testing/op-suite.js';

describeOps('reductions', reductionCases);
