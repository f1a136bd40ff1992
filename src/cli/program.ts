import { Command } from 'commander';
import { addAblateCommand } from './commands/ablate.js';
import { addBackupCommands } from './commands/backup.js';
import { addCheckpointCommands } from './commands/checkpoints.js';
import { addConfigCommand } from './commands/config.js';
import { addDatasetCommands } from './commands/datasets.js';
import { addEngineCommand } from './commands/engine.js';
import { addEvaluateCommand } from './commands/evaluate.js';
import { addPipelineCommands } from './commands/pipelines.js';
import { addPluginCommands } from './commands/plugins.js';
import { addPredictCommand } from './commands/predict.js';
import { addRunCommands } from './commands/runs.js';
import { addTrainCommand } from './commands/train.js';
import { addGlobalOptions } from './context.js';
import { EXIT_CODES } from './exit-codes.js';
import { reportError } from './report-error.js';
import { terminalOf } from './context.js';

const EXIT_CODE_HELP = `
Exit codes:
  ${EXIT_CODES.success}  done
  ${EXIT_CODES.failure}  something failed
  ${EXIT_CODES.usage}  wrong command line
  ${EXIT_CODES.unreachable}  no server answers
  ${EXIT_CODES.refused}  the server refuses: not found, invalid or in conflict
  ${EXIT_CODES.runNotSucceeded}  the training run did not succeed`;

/** The `q2l` command with all its sub-commands. */
export function createProgram(): Command {
  const program = addGlobalOptions(
    new Command('q2l')
      .description('Train and serve multi-label image classifiers on a Query2Label server.')
      .showHelpAfterError('(add --help for help)')
      .addHelpText('after', EXIT_CODE_HELP),
  );
  addDatasetCommands(program);
  addPipelineCommands(program);
  addTrainCommand(program);
  addAblateCommand(program);
  addRunCommands(program);
  addCheckpointCommands(program);
  addPredictCommand(program);
  addEvaluateCommand(program);
  addPluginCommands(program);
  addEngineCommand(program);
  addConfigCommand(program);
  addBackupCommands(program);
  throwInsteadOfExit(program);
  return program;
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const subcommand of command.commands) throwInsteadOfExit(subcommand);
}

/** Runs a command line. @returns the exit code */
export async function runProgram(arguments_: readonly string[]): Promise<number> {
  const program = createProgram();
  try {
    await program.parseAsync(arguments_, { from: 'user' });
    return EXIT_CODES.success;
  } catch (error) {
    return reportError(terminalOf(program), error);
  }
}
