import { crc32, deflateRawSync } from 'node:zlib';
import { FALSE, TRUE, dictionary, integer, list, longInteger, pickle, text } from './pickle-writer.js';

/** A zip archive of the given entries, stored or deflated. */
export function zipArchive(entries: Readonly<Record<string, Uint8Array>>, deflate = false): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const [name, data] of Object.entries(entries)) {
    const content = deflate ? deflateRawSync(data) : Buffer.from(data);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(deflate ? 8 : 0, 4);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(content.byteLength, 14);
    fields.writeUInt32LE(data.byteLength, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), content]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(position, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, tail, Buffer.from(name));
    locals.push(local);
    position += local.byteLength;
  }
  const table = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(locals.length, 8);
  end.writeUInt16LE(locals.length, 10);
  end.writeUInt32LE(table.byteLength, 12);
  end.writeUInt32LE(position, 16);
  return Buffer.concat([...locals, table, end]);
}

/** A checkpoint in the zip format. */
export function zipCheckpoint(
  content: Buffer,
  storages: Readonly<Record<string, Uint8Array>> = {},
  deflate = false,
): Buffer {
  const data = Object.entries(storages).map(([key, bytes]): [string, Uint8Array] => [`model/data/${key}`, bytes]);
  return zipArchive({ 'model/data.pkl': pickle(content), ...Object.fromEntries(data) }, deflate);
}

/** A checkpoint in the stream format, with the number of elements before each storage. */
export function legacyCheckpoint(
  content: Buffer,
  storages: readonly { readonly key: string; readonly elements: number; readonly bytes: Uint8Array }[] = [],
  littleEndian = true,
): Buffer {
  const magic = longInteger(0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19);
  const data = storages.flatMap(({ elements, bytes }) => {
    const count = Buffer.alloc(8);
    count.writeBigInt64LE(BigInt(elements));
    return [count, bytes];
  });
  return Buffer.concat([
    pickle(magic),
    pickle(integer(1001)),
    pickle(dictionary([text('little_endian'), littleEndian ? TRUE : FALSE])),
    pickle(content),
    pickle(list(...storages.map(({ key }) => text(key)))),
    ...data,
  ]);
}
