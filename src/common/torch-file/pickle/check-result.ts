import { LIMITS } from '../limits.js';
import { TorchTensor } from '../tensor/torch-tensor.js';
import type { Failure } from '../torch-file-error.js';
import { Global, Intermediate } from './symbols.js';
import type { Operand } from './symbols.js';
import { TorchTuple } from './values.js';
import type { TorchValue } from './values.js';

/**
 * Checks that a value consists of plain values, containers and tensors only, and that walking through it ends: a
 * container within itself, or few containers that refer to each other many times over, would keep a reader busy for ever.
 */
export function checkedResult(result: Operand, failure: Failure): TorchValue {
  const budget = { left: LIMITS.values };
  const check = (operand: Operand, depth: number): operand is TorchValue => {
    budget.left -= 1;
    if (budget.left < 0) throw failure('too-large', `the content has more than ${LIMITS.values} values`);
    if (depth > LIMITS.depth) throw failure('too-large', `containers are nested deeper than ${LIMITS.depth}`);
    if (operand instanceof Global)
      throw failure('refused', `the content refers to ${operand.name}, which is not a value`);
    if (operand instanceof Intermediate) throw failure('refused', 'the content refers to raw data outside a tensor');
    for (const item of itemsOf(operand)) check(item, depth + 1);
    return true;
  };
  if (check(result, 0)) return result;
  throw failure('damaged', 'the content is not a value');
}

function itemsOf(operand: Operand): Iterable<Operand> {
  if (operand instanceof TorchTuple) return operand.items;
  if (operand instanceof Map) return operand.values();
  return Array.isArray(operand) && !(operand instanceof TorchTensor) ? operand : [];
}
