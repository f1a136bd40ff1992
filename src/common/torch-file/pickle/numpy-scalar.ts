/** A number type of numpy, as `numpy.dtype('f8')` names it. */
export class NumpyType {
  constructor(
    readonly bytes: number,
    readonly read: (view: DataView) => number | boolean | bigint,
  ) {}
}

const wide = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

/** Little-endian number types that a checkpoint may hold a single value of. */
export const NUMPY_TYPES: ReadonlyMap<string, NumpyType> = new Map([
  ['f8', new NumpyType(8, (view) => view.getFloat64(0, true))],
  ['f4', new NumpyType(4, (view) => view.getFloat32(0, true))],
  ['i8', new NumpyType(8, (view) => wide(view.getBigInt64(0, true)))],
  ['i4', new NumpyType(4, (view) => view.getInt32(0, true))],
  ['i2', new NumpyType(2, (view) => view.getInt16(0, true))],
  ['i1', new NumpyType(1, (view) => view.getInt8(0))],
  ['u8', new NumpyType(8, (view) => wide(view.getBigUint64(0, true)))],
  ['u4', new NumpyType(4, (view) => view.getUint32(0, true))],
  ['u2', new NumpyType(2, (view) => view.getUint16(0, true))],
  ['u1', new NumpyType(1, (view) => view.getUint8(0))],
  ['b1', new NumpyType(1, (view) => view.getUint8(0) !== 0)],
]);
