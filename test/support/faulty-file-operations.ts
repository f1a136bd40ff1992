import { FileOperations, type NewFile } from '../../src/checkpoint/container/file-operations.js';

/** One call of the file operations, in order. */
export interface FileStep {
  readonly name: 'makeFolder' | 'createFile' | 'write' | 'sync' | 'close' | 'rename' | 'syncFolder' | 'remove';
  readonly path: string;
  /** The new path of a rename. */
  readonly to?: string;
}

/** File operations that tell each step before they take it; the test may throw there, as the system would. */
export class FaultyFileOperations extends FileOperations {
  readonly steps: FileStep[] = [];

  /** @param before gets each step and its number from 0 */
  constructor(private readonly before: (step: FileStep, number: number) => void = () => undefined) {
    super();
  }

  override async makeFolder(path: string): Promise<void> {
    this.tell({ name: 'makeFolder', path });
    return super.makeFolder(path);
  }

  override async createFile(path: string): Promise<NewFile> {
    this.tell({ name: 'createFile', path });
    const file = await super.createFile(path);
    return {
      write: async (bytes, offset) => {
        this.tell({ name: 'write', path });
        return file.write(bytes, offset);
      },
      sync: async () => {
        this.tell({ name: 'sync', path });
        return file.sync();
      },
      close: async () => {
        // A descriptor is given back even where closing reports an error.
        await file.close();
        this.tell({ name: 'close', path });
      },
    };
  }

  override async rename(from: string, to: string): Promise<void> {
    this.tell({ name: 'rename', path: from, to });
    return super.rename(from, to);
  }

  override async syncFolder(path: string): Promise<void> {
    this.tell({ name: 'syncFolder', path });
    return super.syncFolder(path);
  }

  override async remove(path: string): Promise<void> {
    this.tell({ name: 'remove', path });
    return super.remove(path);
  }

  private tell(step: FileStep): void {
    this.steps.push(step);
    this.before(step, this.steps.length - 1);
  }
}

/** An error as `node:fs` throws it. */
export function systemError(code: string, { name, path }: FileStep): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: told by a test, ${name} '${path}'`), { code, syscall: name, path });
}
