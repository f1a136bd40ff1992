import { elementwiseCases } from '../../testing/cases/elementwise.js';
import { describeOps } from '../../testing/op-suite.js';

describeOps('elementwise ops', elementwiseCases);
