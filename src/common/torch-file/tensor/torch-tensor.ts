import type { StorageSource } from '../container/storage-source.js';
import type { ElementType, TorchDtype, TorchElements } from './element-type.js';

/** A typed run of data in the file; several tensors may look at one. */
export interface TorchStorage {
  readonly key: string;
  readonly type: ElementType;
  readonly elements: number;
  /** First element within the data stored under the key; other than 0 only in files of the oldest versions. */
  readonly offset: number;
}

export interface TensorGeometry {
  readonly shape: readonly number[];
  /** Distance in elements between neighbours along each dimension. */
  readonly stride: readonly number[];
  readonly storageOffset: number;
}

/** A tensor of a checkpoint. Its values stay in the file until they are asked for; each reading reads them anew. */
export class TorchTensor {
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  readonly storageOffset: number;
  /** Number of elements, the product of the shape. */
  readonly elements: number;

  constructor(
    private readonly source: StorageSource,
    readonly storage: TorchStorage,
    geometry: TensorGeometry,
    /** Whether it was saved as a parameter of a module. */
    readonly isParameter = false,
  ) {
    this.shape = geometry.shape;
    this.stride = geometry.stride;
    this.storageOffset = geometry.storageOffset;
    this.elements = this.shape.reduce((product, extent) => product * extent, 1);
  }

  get dtype(): TorchDtype {
    return this.storage.type.dtype;
  }

  /** The same values, marked as a parameter. */
  asParameter(): TorchTensor {
    return new TorchTensor(this.source, this.storage, this, true);
  }

  /**
   * The values, row-major, in their own precision; half and bfloat16 as float32, bool as 0 and 1.
   * @throws TorchFileError if the file's data are damaged
   */
  async read(): Promise<TorchElements> {
    const { type, offset } = this.storage;
    if (this.elements === 0) return type.gather(new DataView(new ArrayBuffer(0)), 0, () => 0);
    const last = this.shape.reduce((place, extent, axis) => place + (extent - 1) * this.stride[axis], 0);
    const first = (offset + this.storageOffset) * type.bytes;
    const bytes = await this.source.read(this.storage.key, first, first + (last + 1) * type.bytes);
    const contiguous = isContiguous(this.shape, this.stride);
    if (contiguous && type.dtype === 'float32' && LITTLE_ENDIAN && bytes.byteOffset % 4 === 0) {
      return new Float32Array(bytes.buffer, bytes.byteOffset, this.elements);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return type.gather(view, this.elements, contiguous ? (index) => index : placesOf(this.shape, this.stride));
  }

  /** The values as float32, row-major, whatever their type; float64 and integers are rounded. */
  async readFloat32(): Promise<Float32Array> {
    const values = await this.read();
    if (values instanceof Float32Array) return values;
    return values instanceof BigInt64Array ? Float32Array.from(values, Number) : Float32Array.from(values);
  }
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function isContiguous(shape: readonly number[], stride: readonly number[]): boolean {
  let inner = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    if (shape[axis] !== 1 && stride[axis] !== inner) return false;
    inner *= shape[axis];
  }
  return true;
}

/** Place in the storage, from the tensor's first element, of each element in row-major order; asked in ascending order. */
function placesOf(shape: readonly number[], stride: readonly number[]): (index: number) => number {
  const counter = shape.map(() => 0);
  let place = 0;
  return (index) => {
    if (index === 0) return place;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      counter[axis] += 1;
      place += stride[axis];
      if (counter[axis] < shape[axis]) break;
      place -= counter[axis] * stride[axis];
      counter[axis] = 0;
    }
    return place;
  };
}
