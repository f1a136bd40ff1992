import { convolutionCases } from '../../testing/cases/convolution.js';
import { describeOps } from '../../testing/op-suite.js';

describeOps('convolutions, pooling and images', convolutionCases);
