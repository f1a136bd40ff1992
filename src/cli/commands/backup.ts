import type { Command } from 'commander';
import type { BackupDescription } from '../../backup/backup-description.js';
import { formatBytes } from '../../terminal/format.js';
import type { Terminal } from '../../terminal/terminal.js';
import { terminalOf, withExamples } from '../context.js';

/** `q2l backup` and `q2l restore`: for the operator, on the machine of the data folder. They ask no server. */
export function addBackupCommands(program: Command): void {
  const backup = program
    .command('backup <folder>')
    .description('copy the database, checkpoints and images into a new folder, also while servers run')
    .action(async (folder: string) => {
      const { createBackup } = await import('../../backup/create-backup.js');
      const { configuration, schema } = await surroundings();
      const terminal = terminalOf(backup);
      const description = await createBackup(configuration, schema, folder);
      tell(terminal, `Backed up to ${folder}`, description);
      const { leftOut } = description;
      if (leftOut.length === 0) return;
      terminal.table(['left out', 'why'], leftOut.map(({ path, fault }) => [path, fault])); // prettier-ignore
      const { BackupError } = await import('../../backup/backup-error.js');
      throw new BackupError(
        `${leftOut.length} of the files were damaged or gone already. The backup has everything else.`,
      );
    });
  withExamples(backup, 'q2l backup /backups/2026-11-25', 'DATABASE_URL=postgres://... q2l backup /backups/monday');

  const restore = program
    .command('restore <folder>')
    .description('put a backup into an empty data folder and an empty database; every byte is verified first')
    .action(async (folder: string) => {
      const { restoreBackup } = await import('../../backup/restore-backup.js');
      const { configuration, schema } = await surroundings();
      const description = await restoreBackup(configuration, schema, folder);
      tell(terminalOf(restore), `Restored to ${configuration.data.folder}`, description);
    });
  withExamples(restore, 'Q2L_DATA=/srv/q2l q2l restore /backups/2026-11-25');
}

/** Loaded for these commands only: it brings the whole platform with it. */
async function surroundings() {
  await import('reflect-metadata');
  const { loadConfiguration } = await import('../../config/load-configuration.js');
  const { databaseSchema } = await import('../../database-schema.js');
  return { configuration: loadConfiguration().values, schema: databaseSchema };
}

function tell(
  terminal: Terminal,
  what: string,
  { createdAt, engine, tables, files, leftOut }: BackupDescription,
): void {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  const count = Object.keys(files).length;
  terminal.line(`${what}: ${rows} rows, ${count} files, ${formatBytes(bytes)}`);
  terminal.document({ createdAt, engine, rows, files: count, bytes, leftOut });
}
