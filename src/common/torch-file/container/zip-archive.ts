import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { fromRandomAccessReaderPromise, RandomAccessReader } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { LIMITS } from '../limits.js';
import { TorchFileError } from '../torch-file-error.js';
import type { Failure } from '../torch-file-error.js';
import type { ByteSource } from './byte-source.js';

const STORED = 0;
const DEFLATED = 8;
const inflate = promisify(inflateRaw);

class SourceReader extends RandomAccessReader {
  constructor(private readonly source: ByteSource) {
    super();
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.source.read(position, length).then(
      (bytes) => {
        buffer.set(bytes, offset);
        callback(null);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
    );
  }
}

/** A zip archive whose entries are read by range where they are stored, and as a whole where they are deflated. */
export class ZipArchive {
  private constructor(
    private readonly source: ByteSource,
    private readonly zip: ZipFile,
    readonly entries: ReadonlyMap<string, Entry>,
    private readonly failure: Failure,
  ) {}

  /** @throws TorchFileError if the table of contents is damaged, has two entries of one name or is larger than allowed */
  static async open(source: ByteSource, failure: Failure): Promise<ZipArchive> {
    const entries = new Map<string, Entry>();
    try {
      const zip = await fromRandomAccessReaderPromise(new SourceReader(source), source.size, { autoClose: false });
      if (zip.entryCount > LIMITS.entries) {
        throw failure('too-large', `the archive has ${zip.entryCount} entries; at most ${LIMITS.entries} are read`);
      }
      for await (const entry of zip.eachEntry()) {
        if (entries.has(entry.fileName)) throw failure('damaged', `the archive has two entries "${entry.fileName}"`);
        entries.set(entry.fileName, entry);
      }
      return new ZipArchive(source, zip, entries, failure);
    } catch (error) {
      throw asFailure(error, failure, 'the zip archive is damaged or cut off');
    }
  }

  entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (entry === undefined) throw this.failure('damaged', `the archive has no entry "${name}"`);
    return entry;
  }

  /** The bytes `begin` to `end` of an entry, all of them when left out; their checksum is verified when the whole entry is read. */
  async read(entry: Entry, begin = 0, end = entry.uncompressedSize): Promise<Uint8Array> {
    const { fileName: name, compressionMethod: method } = entry;
    if (entry.isEncrypted()) throw this.failure('unsupported', `entry "${name}" is encrypted`);
    if (method === DEFLATED) return (await this.inflated(entry)).subarray(begin, end);
    if (method !== STORED) {
      throw this.failure('unsupported', `entry "${name}" uses compression method ${method}; expected 0 or 8`);
    }
    const bytes = await this.source.read((await this.dataStart(entry)) + begin, end - begin);
    if (begin === 0 && end === entry.uncompressedSize) this.verify(entry, bytes);
    return bytes;
  }

  private async inflated(entry: Entry): Promise<Uint8Array> {
    const { fileName: name, compressedSize, uncompressedSize } = entry;
    if (uncompressedSize > (compressedSize + 1) * LIMITS.deflateRatio) {
      throw this.failure('damaged', `entry "${name}" claims ${uncompressedSize} bytes out of ${compressedSize}`);
    }
    const compressed = await this.source.read(await this.dataStart(entry), compressedSize);
    const bytes = await inflate(compressed, { maxOutputLength: uncompressedSize + 1 }).catch((error: unknown) => {
      throw this.failure('damaged', `entry "${name}" cannot be inflated to ${uncompressedSize} bytes`, error);
    });
    this.verify(entry, bytes);
    return bytes;
  }

  private async dataStart(entry: Entry): Promise<number> {
    try {
      return (await this.zip.readLocalFileHeaderPromise(entry, { minimal: true })).fileDataStart;
    } catch (error) {
      throw asFailure(error, this.failure, `the header of entry "${entry.fileName}" is damaged`);
    }
  }

  private verify({ fileName, uncompressedSize, crc32: expected }: Entry, bytes: Uint8Array): void {
    if (bytes.byteLength !== uncompressedSize) {
      throw this.failure('damaged', `entry "${fileName}" has ${bytes.byteLength} bytes instead of ${uncompressedSize}`);
    }
    if (crc32(bytes) !== expected) throw this.failure('damaged', `entry "${fileName}" fails its checksum`);
  }
}

function asFailure(error: unknown, failure: Failure, reason: string): TorchFileError {
  if (error instanceof TorchFileError) return error;
  return failure('damaged', `${reason}: ${error instanceof Error ? error.message : String(error)}`, error);
}
