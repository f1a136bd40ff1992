import type { Command } from 'commander';
import { terminalOf, withExamples } from '../context.js';

/** `q2l config`: what is in force here, and where it comes from. Asks no server. */
export function addConfigCommand(program: Command): void {
  const command = program
    .command('config')
    .description(
      'show the configuration that a server started in this folder would have, and where each value comes from',
    )
    .action(async () => {
      const terminal = terminalOf(command);
      // Loaded here only: it brings the compute engine with it, which no other command needs.
      const { loadConfiguration } = await import('../../config/load-configuration.js');
      const { entries, file } = loadConfiguration();
      terminal.note(file === undefined ? 'No configuration file (q2l.config.yaml or .json).' : `File: ${file}`);
      terminal.table(
        ['key', 'value', 'source', 'variable'],
        entries.map(({ name, value, source, environmentVariable }) => [name, show(value), source, environmentVariable]),
      );
      terminal.document({ file: file ?? null, entries });
    });
  withExamples(command, 'q2l config', 'PORT=8080 q2l config --json');
}

function show(value: unknown): string {
  return typeof value === 'string' ? value || '(none)' : JSON.stringify(value);
}
