import { LIMITS } from '../limits.js';
import { ByteCursor, EndOfBytes } from '../pickle/byte-cursor.js';
import { checkedResult } from '../pickle/check-result.js';
import { knownGlobals } from '../pickle/known-globals.js';
import { storageReference } from '../pickle/persistent-storage.js';
import type { StorageReference } from '../pickle/persistent-storage.js';
import { Intermediate } from '../pickle/symbols.js';
import type { Operand } from '../pickle/symbols.js';
import { unpickle } from '../pickle/unpickle.js';
import { TorchDict } from '../pickle/values.js';
import type { TorchValue } from '../pickle/values.js';
import type { Failure } from '../torch-file-error.js';
import type { ByteSource } from './byte-source.js';
import { LegacyStorages } from './legacy-storages.js';

/** First value of a legacy file, `0x1950a86a20f9469cfc6c`. */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL_VERSION = 1001;
const FIRST_WINDOW = 2 ** 20;

interface Description {
  readonly content: TorchValue;
  readonly references: ReadonlyMap<string, StorageReference>;
  readonly keys: readonly string[];
  /** Where the data begin. */
  readonly end: number;
}

/**
 * Reads the stream format of PyTorch before 1.6: five pickles (magic number, version, system, content, keys of storages), then
 * for each key the number of elements and the data.
 */
export async function readLegacyFile(source: ByteSource, failure: Failure): Promise<TorchValue> {
  const storages = new LegacyStorages(source, failure);
  const { content, references, keys, end } = await describe(source, storages, failure);
  await storages.locate(keys, references, end);
  return content;
}

/** The pickles have no stated length: a growing part of the file is read until they end within it. */
async function describe(source: ByteSource, storages: LegacyStorages, failure: Failure): Promise<Description> {
  for (let window = FIRST_WINDOW; ; window *= 4) {
    const length = Math.min(window, source.size, LIMITS.pickleBytes);
    const bytes = await source.read(0, length);
    try {
      return readPickles(new ByteCursor(bytes), storages, failure);
    } catch (error) {
      if (!(error instanceof EndOfBytes)) throw error;
      if (length === source.size) throw failure('damaged', `ends after ${length} bytes, before its content does`);
      if (length === LIMITS.pickleBytes) throw failure('too-large', `its description takes more than ${length} bytes`);
    }
  }
}

function readPickles(cursor: ByteCursor, storages: LegacyStorages, failure: Failure): Description {
  const references = new Map<string, StorageReference>();
  const context = {
    failure,
    globals: knownGlobals(storages, failure),
    persistent: (items: readonly Operand[]) => {
      const reference = storageReference(items, failure);
      const other = references.get(reference.key);
      if (other !== undefined && (other.storedElements !== reference.storedElements || other.type !== reference.type)) {
        throw failure('damaged', `storage "${reference.key}" is described in two ways`);
      }
      references.set(reference.key, reference);
      return new Intermediate(reference);
    },
  };
  const next = (): Operand => unpickle(cursor, context);
  if (next() !== MAGIC)
    throw failure(
      'unsupported',
      'is no PyTorch checkpoint: expected a zip archive or the magic number of the older format',
    );
  const version = next();
  if (version !== PROTOCOL_VERSION)
    throw failure('unsupported', `another version of the older format; expected version ${PROTOCOL_VERSION}`);
  const system = next();
  if (system instanceof TorchDict && system.get('little_endian') !== true) {
    throw failure('unsupported', 'was written on a big-endian machine');
  }
  const content = checkedResult(next(), failure);
  const keys = next();
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string')) {
    throw failure('damaged', 'the list of its storages is malformed');
  }
  return { content, references, keys, end: cursor.position };
}
