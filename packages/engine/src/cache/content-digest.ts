import { createHash, webcrypto } from 'node:crypto';

/** Digests computed at a time; each works on a copy of its bytes. */
const AT_A_TIME = 3;

const declared = new WeakMap<ArrayBufferView, string>();

/**
 * States what an array holds, so that its bytes need not be read to tell it from others: compiled programs are found on disk
 * by what their constants hold. For arrays of files whose digest is known anyway.
 * @param data must not change from now on
 * @param identity differs between any two contents, for example the SHA-256 of the file and the tensor's name in it
 */
export function declareContent(data: ArrayBufferView, identity: string): void {
  declared.set(data, digestOf(['declared', identity]));
}

/** What tells arrays apart: what was declared of them, else the SHA-256 of their bytes, computed beside this thread, once for each array. */
export class ContentDigests {
  private readonly known = new WeakMap<ArrayBufferView, Promise<string>>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  /** The digest of an array's bytes as they are now; the array must not change before it is there. */
  of(data: ArrayBufferView): Promise<string> {
    const known = this.known.get(data);
    if (known !== undefined) return known;
    const identity = declared.get(data);
    const digest = identity === undefined ? this.compute(data) : Promise.resolve(identity);
    this.known.set(data, digest);
    return digest;
  }

  private async compute(data: ArrayBufferView): Promise<string> {
    if (this.running >= AT_A_TIME) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running++;
    try {
      const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
      return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
    } finally {
      this.running--;
      this.waiting.shift()?.();
    }
  }
}

/** SHA-256 of a list of texts and bytes, in which no two different lists are alike. */
export function digestOf(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    hash.update(`${bytes.byteLength}:`).update(bytes);
  }
  return hash.digest('hex');
}
