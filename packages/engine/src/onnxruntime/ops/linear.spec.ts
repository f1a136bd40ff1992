import { linearCases } from '../../testing/cases/linear.js';
import { describeOps } from '../../testing/op-suite.js';

describeOps('linear algebra', linearCases);
