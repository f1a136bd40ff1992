import type { HostUpdate, UpdateOperation } from './host-update.js';
import { f32x4, functionModule, local, vectorAt } from '../web-assembly/wasm-writer.js';

/** Instruction numbers of WebAssembly on four float32 (https://webassembly.github.io/spec/core/appendix/index-instructions.html). */
const INSTRUCTIONS: Readonly<Record<UpdateOperation, number>> = {
  Add: 0xe4,
  Maximum: 0xe9,
  Minimum: 0xe8,
  Multiply: 0xe6,
  Neg: 0xe1,
  RealDiv: 0xe7,
  Sqrt: 0xe3,
  Square: 0xe6,
  Sub: 0xe5,
};

/** What distinguishes the code of one update from that of another: many parameters share one. */
export type KernelShape = Pick<HostUpdate, 'constants' | 'steps'> & {
  readonly reads: number;
  readonly scalars: number;
  /** Positions of the values written. */
  readonly writes: readonly number[];
};

/**
 * The bytes of a WebAssembly module with one function, `run(bytes, ...scalars, ...constants)`, which computes `bytes / 4` elements, a
 * multiple of four. Array `n` of the reads, then of the writes, begins at `n * slotBytes` in the imported memory.
 */
export function kernelModule(kernel: KernelShape, slotBytes: number): Uint8Array {
  const { reads, steps, writes } = kernel;
  const numbers = kernel.scalars + kernel.constants.length;
  // locals: bytes, numbers, position, then a vector for each operand
  const position = 1 + numbers;
  const vector = (operand: number) => position + 1 + operand;
  const before = Array.from({ length: numbers }, (_, index) => [
    ...local.get(1 + index),
    ...f32x4.splat,
    ...local.set(vector(reads + index)),
  ]).flat();
  const body = [
    ...Array.from({ length: reads }, (_, index) => [
      ...local.get(position),
      ...vectorAt.load(index * slotBytes),
      ...local.set(vector(index)),
    ]).flat(),
    ...steps.flatMap(({ operation, operands }, index) => [
      ...(operation === 'Square' ? [...operands, ...operands] : operands).flatMap((operand) =>
        local.get(vector(operand)),
      ),
      ...f32x4.instruction(INSTRUCTIONS[operation]),
      ...local.set(vector(reads + numbers + index)),
    ]),
    ...writes.flatMap((operand, index) => [
      ...local.get(position),
      ...local.get(vector(operand)),
      ...vectorAt.store((reads + index) * slotBytes),
    ]),
  ];
  return functionModule({ numbers, vectors: reads + numbers + steps.length, before, body });
}
