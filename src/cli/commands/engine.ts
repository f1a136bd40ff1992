import type { Command } from 'commander';
import { ENGINE } from '../../client/operations/engine.js';
import { withContext, withExamples, type CommandContext } from '../context.js';

/** `q2l engine`: what the server computes with, and what it could compute on. */
export function addEngineCommand(program: Command): void {
  const command = program
    .command('engine')
    .description('show what the server computes with, and how to get the execution providers that it lacks')
    .action(() => withContext(command, showEngine));
  withExamples(command, 'q2l engine', 'q2l engine --json');
}

async function showEngine({ client, terminal }: CommandContext): Promise<void> {
  const { engine } = await client.request(ENGINE, {});
  const { providers, ...description } = engine;
  terminal.record(description);
  if (providers.length > 0) {
    terminal.line();
    terminal.table(
      ['provider', 'available', ''],
      providers.map(({ name, available, detail }) => [name, available ? 'yes' : 'no', detail]),
    );
  }
  terminal.document({ engine });
}
