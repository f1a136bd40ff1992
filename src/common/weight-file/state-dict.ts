import { InvalidInputError } from '../errors/index.js';
import { alternatives } from '../text/index.js';
import { TorchDict, TorchTensor, type TorchValue } from '../torch-file/index.js';

/** Where training scripts put the parameters, in the order in which they are looked for. */
const ENTRIES = ['state_dict', 'model', 'model_state_dict', 'state_dict_ema', 'model_ema', 'net'];

export interface StateDict {
  /** Name of the entry; empty for the whole file. */
  readonly entry: string;
  readonly tensors: ReadonlyMap<string, TorchTensor>;
}

/**
 * Finds the parameters in what a PyTorch file holds: under one of the usual names, or the file itself.
 * @param wanted name of an entry; by default the first of the usual ones that is there
 * @throws InvalidInputError naming what the file holds instead
 */
export function findStateDict(content: TorchValue, file: string, wanted?: string): StateDict {
  const candidates = new Map<string, ReadonlyMap<string, TorchTensor>>();
  if (content instanceof TorchDict) {
    const keys = wanted === undefined ? ENTRIES : [...content.keys()].filter((key) => typeof key === 'string');
    for (const key of keys) addCandidate(candidates, key, content.get(key));
  }
  addCandidate(candidates, '', content);
  const entry = wanted ?? candidates.keys().next().value;
  const tensors = entry === undefined ? undefined : candidates.get(entry);
  if (entry !== undefined && tensors !== undefined) return { entry, tensors };
  const found = [...candidates.keys()].map((key) => (key === '' ? '(the file itself)' : key));
  throw InvalidInputError.field(
    wanted === undefined ? 'file' : 'entry',
    `${file}: ${wanted === undefined ? 'no parameters' : `no parameters in "${wanted}"`}; it holds ${described(content)}`,
    found.length === 0
      ? `Save a state dict, or a dictionary with one as "state_dict".`
      : `Has parameters: ${alternatives(found)}.`,
  );
}

function addCandidate(
  candidates: Map<string, ReadonlyMap<string, TorchTensor>>,
  entry: string,
  value: TorchValue | undefined,
): void {
  if (!(value instanceof TorchDict)) return;
  const tensors = new Map<string, TorchTensor>();
  for (const [name, item] of value) {
    if (typeof name === 'string' && item instanceof TorchTensor) tensors.set(name, item);
  }
  if (tensors.size > 0) candidates.set(entry, tensors);
}

function described(content: TorchValue): string {
  if (content instanceof TorchTensor) return 'a single tensor';
  if (Array.isArray(content)) return `a list of ${content.length}`;
  if (!(content instanceof TorchDict)) return `a value of type ${typeof content}`;
  return `a dictionary with ${alternatives([...content.keys()].map(String))}`;
}
