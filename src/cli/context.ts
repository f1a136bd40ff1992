import type { Command } from 'commander';
import { Option } from 'commander';
import { z } from 'zod';
import { GraphqlClient } from '../client/graphql-client.js';
import { Terminal } from '../terminal/terminal.js';

export const DEFAULT_SERVER = 'http://localhost:3000';

const globalsSchema = z.object({
  server: z.url({ protocol: /^https?$/, error: 'expected an address such as http://localhost:3000' }),
  token: z.string().min(1).optional(),
  json: z.boolean().default(false),
  plain: z.boolean().default(false),
});

/** What every command has at hand. */
export interface CommandContext {
  readonly client: GraphqlClient;
  readonly terminal: Terminal;
}

/** Adds the options that every command takes. */
export function addGlobalOptions(program: Command): Command {
  return program
    .addOption(new Option('--server <url>', 'address of the server').env('Q2L_SERVER').default(DEFAULT_SERVER))
    .addOption(new Option('--token <token>', 'access token, if the server asks for one').env('Q2L_TOKEN'))
    .option('--json', 'write results as JSON, one document per line')
    .option('--plain', 'no colours and no moving progress bars');
}

/** The terminal that the command line asks for; it may be wrong in other ways. */
export function terminalOf(command: Command): Terminal {
  const { json, plain } = command.optsWithGlobals<{ json?: boolean; plain?: boolean }>();
  return new Terminal({ json, plain });
}

/**
 * Runs a command's work with a client that is closed afterwards.
 * @param work receives the context; what it throws reaches `reportError`
 */
export async function withContext(command: Command, work: (context: CommandContext) => Promise<void>): Promise<void> {
  const globals = globalsSchema.safeParse(command.optsWithGlobals());
  if (!globals.success) command.error(`error: ${z.prettifyError(globals.error)}`);
  const { server, token } = globals.data;
  const client = new GraphqlClient(server, token);
  try {
    await work({ client, terminal: terminalOf(command) });
  } finally {
    await client.close();
  }
}

/** An example line below a command's help. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText(
    'after',
    `\n${examples.length > 1 ? 'Examples' : 'Example'}:\n${examples.map((line) => `  $ ${line}`).join('\n')}`,
  );
}
