import type { Padding2D, Pair } from '../../graph/attributes.js';
import type { NodeOf } from '../../graph/value.js';
import type { LoweringContext } from './context.js';
import { blockedConvolution, isForBlocks, turnedFilterBlocks } from './blocked-convolution.js';
import { inputAt } from './context.js';
import { fresh } from './elementwise.js';
import type { Emitter } from './emitter.js';
import type { Lowered } from './lowered.js';
import { isForIndices } from './indexed-taps.js';
import { gemm } from './large-product.js';
import type { Tap } from './tap.js';
import { imageToColumns, matrixOfTaps } from './windows.js';

/**
 * The gradient of a convolution's input: for stride 1 a convolution of dy with the filter turned round; for larger
 * strides one such product for each phase (row modulo stride, column modulo stride), interleaved.
 */
export function inputGradient(node: NodeOf<'Conv2DBackpropInput'>, { emitter, get }: LoweringContext): Lowered {
  const dy = emitter.canonical(get(inputAt(node, 0)));
  const filter = emitter.canonical(get(inputAt(node, 1)));
  const { kernel, strides, padding } = node.attributes;
  if (strides[0] !== 1 || strides[1] !== 1) return phasedGradient(node, emitter, dy, filter);
  const [batch = 0, height = 0, width = 0, channels = 0] = node.shape;
  const turned: Padding2D = [
    kernel[0] - 1 - padding[0],
    kernel[1] - 1 - padding[1],
    height + padding[0] - (dy.shape[1] ?? 0),
    width + padding[1] - (dy.shape[2] ?? 0),
  ];
  if (turned.some((extent) => extent < 0)) return phasedGradient(node, emitter, dy, filter);
  const window = { kernel, strides, dilations: [1, 1] as const, padding: turned };
  const { channelBlock } = emitter;
  if (channelBlock !== undefined && isForBlocks(emitter, node.shape, filter.shape)) {
    const turnedBlocks = turnedFilterBlocks(emitter, filter, channelBlock);
    const parts = { x: dy, filter: turnedBlocks, window, shape: node.shape };
    return fresh(blockedConvolution(emitter, parts, channelBlock), node);
  }
  const columns = imageToColumns(emitter, dy, window, [height, width]);
  const backwards = Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => kernel[0] * kernel[1] - 1 - tap);
  const matrix = emitter.derive(filter, 'turned', () => joinTaps(emitter, filter, backwards));
  const product = gemm(emitter, { a: columns, b: matrix, columns: channels, turnedA: false, turnedB: true });
  return fresh(emitter.reshape(product, [batch, height, width, channels]), node);
}

/** Chosen taps of a filter side by side: `[in, taps * out]`. */
function joinTaps(emitter: Emitter, filter: Lowered, chosen: readonly number[]): string {
  const [height = 1, width = 1, inputs = 1, outputs = 1] = filter.shape;
  const count = height * width;
  const rows = emitter.derive(filter, 'matrix', () => emitter.reshape(filter.name, [count * inputs, outputs]));
  if (count === 1) return rows;
  if (isForIndices(emitter, count, outputs)) {
    const table = emitter.tableOf(`filter ${count} ${inputs} ${chosen.join(',')}`, () => {
      const data = Int32Array.from(
        { length: inputs * chosen.length },
        (_, index) => (chosen[index % chosen.length] ?? 0) * inputs + Math.floor(index / chosen.length),
      );
      return { type: 'int32', dims: [inputs, chosen.length], data };
    });
    const joined = emitter.emit('Gather', [rows, table], { attributes: { axis: 0 } });
    return emitter.reshape(joined, [inputs, chosen.length * outputs]);
  }
  const taps = splitTaps(emitter, filter, rows, count);
  const names = chosen.map((tap) => taps[tap] ?? '');
  return names.length === 1 ? (names[0] ?? '') : emitter.emit('Concat', names, { attributes: { axis: 1 } });
}

/** The filter of each tap, `[in, out]`, row by row. */
function splitTaps(emitter: Emitter, filter: Lowered, rows: string, count: number): readonly string[] {
  const first = emitter.derive(filter, 'taps', () => {
    const sizes = emitter.integers(new Array<number>(count).fill(filter.shape[2] ?? 1));
    const parts = emitter.emitMany('Split', [rows, sizes], count, { attributes: { axis: 0 } });
    parts.forEach((part, index) => filter.derived.set(`taps ${index}`, part));
    return parts[0] ?? rows;
  });
  return Array.from({ length: count }, (_, index) => filter.derived.get(`taps ${index}`) ?? first);
}

/** A tap that reaches the rows (or columns) of one phase: its number, and how far from there the row of dy lies. */
interface Reach {
  readonly tap: number;
  readonly shift: number;
}

function reaches(phase: number, kernel: number, before: number, stride: number): readonly Reach[] {
  return Array.from({ length: kernel }, (_, tap) => ({ tap, shift: (phase + before - tap) / stride })).filter(
    ({ shift }) => Number.isInteger(shift),
  );
}

/** Row `stride * i + phase` of the input gets tap r of the filter from row `i + (phase + before - r) / stride` of dy. */
function phasedGradient(node: NodeOf<'Conv2DBackpropInput'>, emitter: Emitter, dy: Lowered, filter: Lowered): Lowered {
  const { kernel, strides, padding } = node.attributes;
  const [batch = 0, height = 0, width = 0, channels = 0] = node.shape;
  const size: Pair = [Math.ceil(height / strides[0]), Math.ceil(width / strides[1])];
  const phases = [0, 1].map((axis) =>
    Array.from({ length: strides[axis] ?? 1 }, (_, phase) =>
      reaches(phase, kernel[axis] ?? 1, padding[axis] ?? 0, strides[axis] ?? 1),
    ),
  );
  const [vertical = [], horizontal = []] = phases;
  const frame = frameOf(vertical.flat(), horizontal.flat(), size, [dy.shape[1] ?? 0, dy.shape[2] ?? 0]);
  const rows = vertical.map((rowReaches) => {
    const parts = horizontal.map((columnReaches) =>
      phaseOf(emitter, dy, { rowReaches, columnReaches, frame, size, filter, kernel, channels }),
    );
    const [first = ''] = parts;
    const joined = parts.length === 1 ? first : emitter.emit('Concat', parts, { attributes: { axis: 3 } });
    // [batch, rows, columns, phases * channels] -> [batch, rows, columns * phases, channels]
    return emitter.reshape(joined, [batch, size[0], size[1] * strides[1], channels]);
  });
  const [first = ''] = rows;
  const joined = rows.length === 1 ? first : emitter.emit('Concat', rows, { attributes: { axis: 2 } });
  const [fullHeight, fullWidth] = [size[0] * strides[0], size[1] * strides[1]];
  const whole = emitter.reshape(joined, [batch, fullHeight, fullWidth, channels]);
  if (fullHeight === height && fullWidth === width) return fresh(whole, node);
  const bounds = [
    [0, 0],
    [height, width],
    [1, 2],
  ];
  return fresh(emitter.emit('Slice', [whole, ...bounds.map((list) => emitter.integers(list))]), node);
}

interface Phase {
  readonly rowReaches: readonly Reach[];
  readonly columnReaches: readonly Reach[];
  readonly frame: Padding2D;
  readonly size: Pair;
  readonly filter: Lowered;
  readonly kernel: Pair;
  readonly channels: number;
}

function phaseOf(emitter: Emitter, dy: Lowered, phase: Phase): string {
  const { rowReaches, columnReaches, frame, size, filter, kernel, channels } = phase;
  const [batch = 0] = dy.shape;
  const pairs = rowReaches.flatMap((row) => columnReaches.map((column) => ({ row, column })));
  const shape = [batch, size[0], size[1], channels];
  if (pairs.length === 0) return emitter.emit('Expand', [emitter.float(0), emitter.integers(shape)]);
  const reached = pairs.map(({ row, column }): Tap => ({
    padding: frame,
    offset: [row.shift + frame[0], column.shift + frame[1]],
    size,
    strides: [1, 1],
  }));
  const matrix = joinTaps(
    emitter,
    filter,
    pairs.map(({ row, column }) => row.tap * kernel[1] + column.tap),
  );
  const columns = matrixOfTaps(emitter, dy, reached);
  return emitter.reshape(
    gemm(emitter, { a: columns, b: matrix, columns: channels, turnedA: false, turnedB: true }),
    shape,
  );
}

/** Zeros around dy, so that every tap of every phase reads within it. */
function frameOf(vertical: readonly Reach[], horizontal: readonly Reach[], size: Pair, available: Pair): Padding2D {
  const around = (all: readonly Reach[], axis: 0 | 1): Pair => {
    const shifts = all.map(({ shift }) => shift);
    return [
      Math.max(0, -Math.min(...shifts)),
      Math.max(0, size[axis] - 1 + Math.max(...shifts) - (available[axis] - 1)),
    ];
  };
  const [top, bottom] = around(vertical, 0);
  const [left, right] = around(horizontal, 1);
  return [top, left, bottom, right];
}
