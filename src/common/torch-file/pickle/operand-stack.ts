import { LIMITS } from '../limits.js';
import type { Failure } from '../torch-file-error.js';
import type { Operand } from './symbols.js';

/** The stack of an unpickler, with its marks, and the memo of what is referred to again. */
export class OperandStack {
  private current: Operand[] = [];
  private readonly suspended: Operand[][] = [];
  private readonly memo = new Map<number, Operand>();

  constructor(private readonly failure: Failure) {}

  push(operand: Operand): void {
    if (this.current.length >= LIMITS.stack) throw this.failure('too-large', 'the content lists more than is read');
    this.current.push(operand);
  }

  pop(): Operand {
    const operand = this.current.pop();
    if (operand === undefined) throw this.failure('damaged', 'the content takes a value where there is none');
    return operand;
  }

  popMany(count: number): Operand[] {
    if (this.current.length < count) throw this.failure('damaged', 'the content takes a value where there is none');
    return this.current.splice(this.current.length - count, count);
  }

  top(): Operand {
    const operand = this.pop();
    this.current.push(operand);
    return operand;
  }

  mark(): void {
    if (this.suspended.length >= LIMITS.depth) {
      throw this.failure('too-large', `containers are nested deeper than ${LIMITS.depth}`);
    }
    this.suspended.push(this.current);
    this.current = [];
  }

  /** All operands since the last mark. */
  popMark(): Operand[] {
    const items = this.current;
    const outer = this.suspended.pop();
    if (outer === undefined) throw this.failure('damaged', 'the content closes a list that was not opened');
    this.current = outer;
    return items;
  }

  remember(index = this.memo.size): void {
    if (this.memo.size >= LIMITS.memo) throw this.failure('too-large', 'the content remembers more than is read');
    this.memo.set(index, this.top());
  }

  recall(index: number): Operand {
    const operand = this.memo.get(index);
    if (operand === undefined)
      throw this.failure('damaged', `the content refers to value ${index}, which it never stored`);
    return operand;
  }
}
