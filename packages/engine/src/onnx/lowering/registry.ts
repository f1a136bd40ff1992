import type { OperationName } from '../../graph/operations.js';
import { binaryLowerings } from './binary.js';
import type { LoweringTable } from './context.js';
import { convolutionLowerings } from './convolution.js';
import { depthwiseLowerings } from './depthwise.js';
import { imageLowerings } from './image.js';
import { indexingLowerings } from './indexing.js';
import { matmulLowerings } from './matmul.js';
import { poolingLowerings } from './pooling.js';
import { randomLowerings } from './random.js';
import { reductionLowerings } from './reduction.js';
import { selectionLowerings } from './selection.js';
import { shapeLowerings } from './shape.js';
import { unaryLowerings } from './unary.js';

/** How each operation of a graph becomes ONNX; the type makes sure that none is missing. */
export const LOWERINGS: LoweringTable<OperationName> = {
  ...unaryLowerings,
  ...binaryLowerings,
  ...selectionLowerings,
  ...reductionLowerings,
  ...shapeLowerings,
  ...indexingLowerings,
  ...matmulLowerings,
  ...convolutionLowerings,
  ...depthwiseLowerings,
  ...poolingLowerings,
  ...imageLowerings,
  ...randomLowerings,
};
