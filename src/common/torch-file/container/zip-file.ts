import { LIMITS } from '../limits.js';
import { ByteCursor, EndOfBytes } from '../pickle/byte-cursor.js';
import { checkedResult } from '../pickle/check-result.js';
import { knownGlobals } from '../pickle/known-globals.js';
import { storageReference } from '../pickle/persistent-storage.js';
import { Intermediate } from '../pickle/symbols.js';
import { unpickle } from '../pickle/unpickle.js';
import type { TorchValue } from '../pickle/values.js';
import type { Failure } from '../torch-file-error.js';
import type { ByteSource } from './byte-source.js';
import type { StorageSource } from './storage-source.js';
import { ZipArchive } from './zip-archive.js';

/** Reads the zip format (PyTorch 1.6 and later): `<name>/data.pkl`, and each storage as `<name>/data/<key>`. */
export async function readZipFile(source: ByteSource, failure: Failure): Promise<TorchValue> {
  const archive = await ZipArchive.open(source, failure);
  const pickles = [...archive.entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) {
    throw failure(
      'damaged',
      `the archive has ${pickles.length} entries named data.pkl; expected 1 (was torch.save its writer?)`,
    );
  }
  const folder = pickles[0].slice(0, -'data.pkl'.length);
  await checkByteOrder(archive, `${folder}byteorder`, failure);
  const pickle = archive.entry(pickles[0]);
  if (pickle.uncompressedSize > LIMITS.pickleBytes) {
    throw failure(
      'too-large',
      `its description takes ${pickle.uncompressedSize} bytes; at most ${LIMITS.pickleBytes} are read`,
    );
  }
  const storages = storagesOf(archive, folder, failure);
  const cursor = new ByteCursor(await archive.read(pickle));
  try {
    const result = unpickle(cursor, {
      failure,
      globals: knownGlobals(storages, failure),
      persistent: (items) => {
        const reference = storageReference(items, failure);
        storages.check(reference.key, reference.storedElements * reference.type.bytes);
        return new Intermediate(reference);
      },
    });
    return checkedResult(result, failure);
  } catch (error) {
    if (error instanceof EndOfBytes) throw failure('damaged', `${pickles[0]} ends before its content does`);
    throw error;
  }
}

function storagesOf(archive: ZipArchive, folder: string, failure: Failure): StorageSource {
  const entryOf = (key: string) => archive.entry(`${folder}data/${key}`);
  return {
    check: (key, bytes) => {
      const { fileName, uncompressedSize } = entryOf(key);
      if (uncompressedSize === bytes) return;
      throw failure('damaged', `${fileName} has ${uncompressedSize} bytes where its tensors need ${bytes}`);
    },
    read: (key, begin, end) => archive.read(entryOf(key), begin, end),
  };
}

async function checkByteOrder(archive: ZipArchive, name: string, failure: Failure): Promise<void> {
  const entry = archive.entries.get(name);
  if (entry === undefined || entry.uncompressedSize > 16) return;
  const order = new TextDecoder().decode(await archive.read(entry));
  if (order !== 'little') throw failure('unsupported', `byte order ${JSON.stringify(order)}; expected "little"`);
}
