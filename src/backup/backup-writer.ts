import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DamagedCheckpointError } from '../checkpoint/container/container-error.js';
import { readManifest } from '../checkpoint/container/read-container.js';
import { MANIFEST_FILE } from '../checkpoint/container/write-container.js';
import { systemErrorOf } from '../common/system-error.js';
import type { Configuration } from '../config/index.js';
import { databaseLocation, type DatabaseSchema } from '../database/index.js';
import { BACKUP_VERSION, type BackupDescription, type BackupFile, CHECKSUM_FILE, DATA_FOLDER, DATABASE_FOLDER, DESCRIPTION_FILE } from './backup-description.js'; // prettier-ignore
import { BackupError } from './backup-error.js';
import { copyHashed, flushFolders, writeHashed } from './hashed-files.js';
import { noteFiles, readRecordedFiles, type RecordedCheckpoint, type RecordedFile, watched } from './recorded-files.js';
import { tableLines } from './row-lines.js';
import { TableSnapshot } from './table-snapshot.js';

/** Snapshots of the database that are taken until one is found whose files are all still there. */
const ROUNDS = 10;

/** What the newest snapshot of the database holds. */
interface Snapshot {
  readonly migrations: string[];
  readonly tables: { name: string; rows: number }[];
  /** By path below the data folder. */
  readonly files: ReadonlyMap<string, RecordedFile>;
}

/** A backup on its way into a folder of a temporary name. */
export class BackupWriter {
  private readonly files = new Map<string, BackupFile>();
  private readonly copied = new Set<string>();
  private readonly leftOut: { readonly path: string; readonly fault: string }[] = [];
  private snapshot: Snapshot = { migrations: [], tables: [], files: new Map() };

  constructor(
    private readonly configuration: Configuration,
    private readonly schema: DatabaseSchema,
    private readonly folder: string,
  ) {}

  async write(): Promise<BackupDescription> {
    const createdAt = new Date().toISOString();
    for (let round = 1; ; round += 1) {
      await this.copyDatabase();
      if ((await this.copyFiles()) || round === ROUNDS) break;
    }
    await this.dropSuperseded();
    const { migrations, tables } = this.snapshot;
    const description: BackupDescription = {
      ...{ formatVersion: BACKUP_VERSION, createdAt, migrations, tables },
      engine: this.configuration.database.url === '' ? 'sqlite' : 'postgres',
      files: Object.fromEntries([...this.files].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      leftOut: [...this.leftOut],
    };
    const text = Buffer.from(`${JSON.stringify(description, null, 2)}\n`);
    const { sha256 } = await writeHashed(join(this.folder, DESCRIPTION_FILE), [text]);
    await writeHashed(join(this.folder, CHECKSUM_FILE), [Buffer.from(`${sha256}\n`)]);
    await flushFolders([...[...this.files.keys()].map((path) => dirname(join(this.folder, path))), this.folder]);
    return description;
  }

  /** Everything that the database holds, of one moment. */
  private async copyDatabase(): Promise<void> {
    await rm(join(this.folder, DATABASE_FOLDER), { recursive: true, force: true });
    const snapshot = await TableSnapshot.open(databaseLocation(this.configuration), this.schema);
    try {
      const migrations = await snapshot.migrations();
      this.checkVersion(migrations);
      const tables: { name: string; rows: number }[] = [];
      const files = new Map<string, RecordedFile>();
      for (const table of snapshot.tables) {
        let count = 0;
        const pages = watched(snapshot.rows(table), (rows) => {
          count += rows.length;
          noteFiles(table, rows, files);
        });
        const path = `${DATABASE_FOLDER}/${table.name}.jsonl`;
        this.files.set(path, await writeHashed(join(this.folder, path), tableLines(table.columns, pages)));
        tables.push({ name: table.name, rows: count });
      }
      this.snapshot = { migrations, tables, files };
    } finally {
      await snapshot.close();
    }
  }

  /** @throws BackupError if the tables are not those that this version knows */
  private checkVersion(migrations: readonly string[]): void {
    const known = this.schema.migrations.map(({ name }) => name);
    const pending = known.filter((name) => !migrations.includes(name));
    const unknown = migrations.filter((name) => !known.includes(name));
    if (pending.length === 0 && unknown.length === 0) return;
    const which = pending.length > 0 ? `lacks ${pending.join(', ')}` : `has ${unknown.join(', ')}, which is not known here`; // prettier-ignore
    throw new BackupError(
      `The database is of another version of the platform: it ${which}.`,
      'Start the server of this version once, which migrates it, or back up with the version that it belongs to.',
    );
  }

  /**
   * Copies the checkpoints and images of the snapshot that no earlier round has copied.
   * @returns false if some were deleted since: a newer snapshot knows nothing of them
   */
  private async copyFiles(): Promise<boolean> {
    this.leftOut.length = 0;
    // The newest first: they are superseded soonest.
    for (const [path, file] of [...this.snapshot.files].toReversed()) {
      if (this.copied.has(path)) continue;
      const fault = file.kind === 'checkpoint' ? await this.copyCheckpoint(file) : await this.copyImage(file.sha256);
      if (fault === undefined) this.copied.add(path);
      else this.leftOut.push({ path, fault });
    }
    if (this.leftOut.length === 0) return true;
    const now = await readRecordedFiles(this.configuration, this.schema);
    return this.leftOut.every(({ path }) => now.has(path));
  }

  /** @returns what is wrong with it, if it cannot be copied whole */
  private async copyCheckpoint({ id, manifestSha256 }: RecordedCheckpoint): Promise<string | undefined> {
    const from = join(this.configuration.data.folder, 'checkpoints', id);
    const below = `${DATA_FOLDER}/checkpoints/${id}`;
    const found = new Map<string, BackupFile>();
    try {
      const { files } = await readManifest(from, manifestSha256);
      for (const file of [...Object.keys(files), MANIFEST_FILE]) {
        const copy = await copyHashed(join(from, file), join(this.folder, below, file));
        const wanted = file === MANIFEST_FILE ? manifestSha256 : files[file].sha256;
        if (copy.sha256 !== wanted) throw new DamagedCheckpointError(id, file, `has SHA-256 ${copy.sha256}, but ${wanted} was recorded`); // prettier-ignore
        found.set(`${below}/${file}`, copy);
      }
    } catch (error) {
      const expected = error instanceof DamagedCheckpointError || systemErrorOf(error)?.code === 'ENOENT';
      if (!expected) throw error;
      await rm(join(this.folder, below), { recursive: true, force: true });
      return error instanceof DamagedCheckpointError ? `${error.file} ${error.fault}` : 'is gone';
    }
    for (const [path, copy] of found) this.files.set(path, copy);
    return undefined;
  }

  /** What an earlier snapshot had and the one that is kept has not. */
  private async dropSuperseded(): Promise<void> {
    for (const path of this.copied) {
      if (this.snapshot.files.has(path)) continue;
      const below = `${DATA_FOLDER}/${path}`;
      await rm(join(this.folder, below), { recursive: true });
      for (const file of this.files.keys()) if (file === below || file.startsWith(`${below}/`)) this.files.delete(file);
    }
  }

  /** @returns what is wrong with it, if it cannot be copied whole */
  private async copyImage(sha256: string): Promise<string | undefined> {
    const path = `images/${sha256.slice(0, 2)}/${sha256}`;
    const to = join(this.folder, DATA_FOLDER, path);
    try {
      const copy = await copyHashed(join(this.configuration.data.folder, path), to);
      if (copy.sha256 === sha256) {
        this.files.set(`${DATA_FOLDER}/${path}`, copy);
        return undefined;
      }
      await rm(to);
      return `has SHA-256 ${copy.sha256}, which is not its name`;
    } catch (error) {
      if (systemErrorOf(error)?.code !== 'ENOENT') throw error;
      return 'is gone';
    }
  }
}
