import { TorchFileError } from '../torch-file-error.js';
import { EndOfBytes } from './byte-cursor.js';
import type { ByteCursor } from './byte-cursor.js';
import { instructions } from './instructions.js';
import type { PickleContext } from './instructions.js';
import { OPCODES, REFUSED_OPCODES } from './opcodes.js';
import { OperandStack } from './operand-stack.js';
import type { Operand } from './symbols.js';

/**
 * Runs the instructions of one pickle, from the cursor's position to its end. Names outside `context.globals` are refused; no
 * code other than ours ever runs.
 * @throws EndOfBytes if the pickle is longer than the bytes at hand
 * @throws TorchFileError if it is damaged or asks for anything but tensors and plain containers
 */
export function unpickle(cursor: ByteCursor, context: PickleContext): Operand {
  const { failure } = context;
  const stack = new OperandStack(failure);
  const known = instructions(cursor, stack, context);
  for (;;) {
    const at = cursor.position;
    const code = cursor.uint8();
    if (code === OPCODES.stop) return stack.pop();
    const instruction = known.get(code);
    if (instruction === undefined) {
      const name = REFUSED_OPCODES.get(code);
      throw name === undefined
        ? failure('damaged', `the content has the unknown instruction ${code} at byte ${at}`)
        : failure(
            'refused',
            `the content asks to create an object (${name}); only tensors and plain containers are read`,
          );
    }
    try {
      instruction();
    } catch (error) {
      if (error instanceof TorchFileError || error instanceof EndOfBytes) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw failure('damaged', `the content is malformed at byte ${at}: ${reason}`, error);
    }
  }
}
