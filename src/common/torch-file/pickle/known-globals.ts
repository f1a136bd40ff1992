import type { StorageSource } from '../container/storage-source.js';
import { STORAGE_TYPES } from '../tensor/element-type.js';
import { TorchTensor } from '../tensor/torch-tensor.js';
import type { Failure } from '../torch-file-error.js';
import { NUMPY_TYPES, NumpyType } from './numpy-scalar.js';
import { rebuildTensor } from './rebuild-tensor.js';
import { Global, Intermediate } from './symbols.js';
import type { Operand } from './symbols.js';
import { TorchDict, TorchTuple } from './values.js';

type Call = (items: readonly Operand[]) => Operand;

/**
 * The names of Python that are understood, each with what it stands for here. All others are refused.
 * @param source where tensors will find their data
 */
export function knownGlobals(source: StorageSource, failure: Failure): ReadonlyMap<string, Global> {
  const wrong = (name: string) => failure('damaged', `${name} is called with arguments it does not take`);

  const orderedDict: Call = (items) => {
    if (items.length > 0) throw wrong('collections.OrderedDict');
    return new TorchDict<Operand>();
  };
  const tensor: Call = (items) => rebuildTensor(items, source, failure);
  const parameter: Call = ([value]) => {
    if (!(value instanceof TorchTensor)) throw wrong('torch._utils._rebuild_parameter');
    return value.asParameter();
  };
  const size: Call = ([extents]) => {
    if (!(extents instanceof TorchTuple)) throw wrong('torch.Size');
    return extents;
  };
  const encode: Call = ([text, encoding]) => {
    if (typeof text !== 'string' || encoding !== 'latin1') throw wrong('_codecs.encode');
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  };
  const numpyType: Call = ([name]) => {
    const type = typeof name === 'string' ? NUMPY_TYPES.get(name.replace(/^[<|]/, '')) : undefined;
    if (type === undefined) throw failure('unsupported', `numpy type ${JSON.stringify(name)} is not read`);
    return new Intermediate(type);
  };
  const numpyScalar: Call = ([type, data]) => {
    const content = type instanceof Intermediate ? type.content : undefined;
    if (!(content instanceof NumpyType) || !(data instanceof Uint8Array) || data.byteLength !== content.bytes) {
      throw wrong('numpy.core.multiarray.scalar');
    }
    return content.read(new DataView(data.buffer, data.byteOffset, data.byteLength));
  };

  const calls: Readonly<Record<string, Call>> = {
    'collections.OrderedDict': orderedDict,
    'torch._utils._rebuild_tensor': tensor,
    'torch._utils._rebuild_tensor_v2': tensor,
    'torch._utils._rebuild_parameter': parameter,
    'torch.Size': size,
    '_codecs.encode': encode,
    'numpy.dtype': numpyType,
    'numpy.core.multiarray.scalar': numpyScalar,
    'numpy._core.multiarray.scalar': numpyScalar,
  };
  const globals = Object.entries(calls).map(([name, call]): [string, Global] => [name, new Global(name, call)]);
  for (const [name, type] of STORAGE_TYPES) {
    globals.push([`torch.${name}`, new Global(`torch.${name}`, undefined, type)]);
  }
  return new Map(globals);
}
