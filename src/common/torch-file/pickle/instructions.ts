import type { Failure } from '../torch-file-error.js';
import type { ByteCursor } from './byte-cursor.js';
import { OPCODES } from './opcodes.js';
import type { OperandStack } from './operand-stack.js';
import { Global } from './symbols.js';
import type { Operand } from './symbols.js';
import { TorchDict, TorchTuple } from './values.js';
import type { TorchKey } from './values.js';

export interface PickleContext {
  readonly failure: Failure;
  /** The names that are understood; all others are refused. */
  readonly globals: ReadonlyMap<string, Global>;
  /** Resolves a persistent id, which is how a pickle refers to data outside itself. */
  readonly persistent: (items: readonly Operand[]) => Operand;
}

/** Longest integer, in bytes. */
const INTEGER_BYTES = 1024;

/** What each instruction does, apart from STOP. */
export function instructions(
  cursor: ByteCursor,
  stack: OperandStack,
  { failure, globals, persistent }: PickleContext,
): ReadonlyMap<number, () => void> {
  const push = (read: () => Operand) => () => stack.push(read());

  const integer = (length: number): number | bigint => {
    if (length > INTEGER_BYTES) throw failure('too-large', `an integer of ${length} bytes`);
    return cursor.integer(length);
  };
  const checkProtocol = (version: number): void => {
    if (version < 2 || version > 5) throw failure('unsupported', `pickle protocol ${version}; expected 2 to 5`);
  };
  const global = (module: Operand, name: Operand): Global => {
    if (typeof module !== 'string' || typeof name !== 'string') throw failure('damaged', 'the content names no text');
    const full = `${module}.${name}`;
    const known = globals.get(full);
    if (known === undefined) {
      throw failure(
        'refused',
        `the content asks for ${JSON.stringify(full)}; only tensors and plain containers are read`,
      );
    }
    return known;
  };
  const tupleItems = (): readonly Operand[] => {
    const operand = stack.pop();
    if (operand instanceof TorchTuple) return operand.items;
    throw failure('damaged', 'the content has something else where a tuple is expected');
  };
  const call = (): Operand => {
    const items = tupleItems();
    const callee = stack.pop();
    if (!(callee instanceof Global)) throw failure('refused', 'the content calls something that is no known function');
    if (callee.call === undefined) throw failure('refused', `the content calls ${callee.name}, which is not done`);
    return callee.call(items);
  };
  const append = (items: readonly Operand[]): void => {
    const list = stack.top();
    if (!Array.isArray(list)) throw failure('damaged', 'the content appends to something that is no list');
    for (const item of items) list.push(item);
  };
  const setItems = (items: readonly Operand[]): void => {
    const target = stack.top();
    if (!(target instanceof TorchDict) || items.length % 2 !== 0) {
      throw failure('damaged', 'the content sets entries of something that is no dictionary');
    }
    for (let index = 0; index < items.length; index += 2) {
      const key = items[index];
      if (!isKey(key)) throw failure('unsupported', 'a dictionary has a key that is no text, number or boolean');
      target.set(key, items[index + 1]);
    }
  };
  // Attributes of a dictionary (`_metadata` of a state dict) and the byte order of a numpy type carry no values.
  const dropAttributes = (): void => {
    stack.pop();
    if (stack.top() instanceof Global) throw failure('refused', 'the content sets attributes of a class');
  };

  return new Map<number, () => void>([
    [OPCODES.protocol, () => checkProtocol(cursor.uint8())],
    [OPCODES.frame, () => void cursor.uint64()],
    [OPCODES.none, push(() => null)],
    [OPCODES.true, push(() => true)],
    [OPCODES.false, push(() => false)],
    [OPCODES.uint8, push(cursor.uint8)],
    [OPCODES.uint16, push(cursor.uint16)],
    [OPCODES.int32, push(cursor.int32)],
    [OPCODES.long1, push(() => integer(cursor.uint8()))],
    [OPCODES.long4, push(() => integer(cursor.uint32()))],
    [OPCODES.binaryFloat, push(cursor.float64)],
    [OPCODES.shortUnicode, push(() => cursor.text(cursor.uint8()))],
    [OPCODES.unicode, push(() => cursor.text(cursor.uint32()))],
    [OPCODES.longUnicode, push(() => cursor.text(cursor.uint64()))],
    [OPCODES.shortString, push(() => cursor.latin1(cursor.uint8()))],
    [OPCODES.longString, push(() => cursor.latin1(cursor.uint32()))],
    [OPCODES.shortBytes, push(() => cursor.take(cursor.uint8()).slice())],
    [OPCODES.longBytes, push(() => cursor.take(cursor.uint32()).slice())],
    [OPCODES.hugeBytes, push(() => cursor.take(cursor.uint64()).slice())],
    [OPCODES.emptyTuple, push(() => new TorchTuple<Operand>([]))],
    [OPCODES.tuple1, push(() => new TorchTuple(stack.popMany(1)))],
    [OPCODES.tuple2, push(() => new TorchTuple(stack.popMany(2)))],
    [OPCODES.tuple3, push(() => new TorchTuple(stack.popMany(3)))],
    [OPCODES.tuple, push(() => new TorchTuple(stack.popMark()))],
    [OPCODES.emptyList, push(() => [])],
    [OPCODES.emptyDict, push(() => new TorchDict<Operand>())],
    [OPCODES.mark, () => stack.mark()],
    [OPCODES.pop, () => void stack.pop()],
    [OPCODES.popMark, () => void stack.popMark()],
    [OPCODES.append, () => append(stack.popMany(1))],
    [OPCODES.appends, () => append(stack.popMark())],
    [OPCODES.setItem, () => setItems(stack.popMany(2))],
    [OPCODES.setItems, () => setItems(stack.popMark())],
    [OPCODES.put, () => stack.remember(cursor.uint8())],
    [OPCODES.longPut, () => stack.remember(cursor.uint32())],
    [OPCODES.memoize, () => stack.remember()],
    [OPCODES.get, push(() => stack.recall(cursor.uint8()))],
    [OPCODES.longGet, push(() => stack.recall(cursor.uint32()))],
    [OPCODES.global, push(() => global(cursor.line(), cursor.line()))],
    [
      OPCODES.stackGlobal,
      () => {
        const [module, name] = stack.popMany(2);
        stack.push(global(module, name));
      },
    ],
    [OPCODES.reduce, push(call)],
    [OPCODES.build, dropAttributes],
    [OPCODES.persistentId, push(() => persistent(tupleItems()))],
  ]);
}

function isKey(operand: Operand): operand is TorchKey {
  return operand === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof operand);
}
