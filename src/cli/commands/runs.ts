import { Option, type Command } from 'commander';
import { allOf } from '../../client/operations/page.js';
import {
  CANCEL_TRAINING_RUN,
  PAUSE_TRAINING_RUN,
  RESUME_TRAINING_RUN,
  RUN_STATUSES,
  TRAINING_RUN,
  TRAINING_RUNS,
} from '../../client/operations/runs.js';
import { settled } from '../../client/refusal.js';
import { formatNumber, formatTime } from '../../terminal/format.js';
import { withContext, withExamples, type CommandContext } from '../context.js';
import { showRun, showRunWithCurves } from '../show-run.js';
import { watchToTheEnd } from '../watch-to-the-end.js';

/** What can be asked of a run by its id, each a sub-command of its own. */
const ACTIONS: readonly {
  readonly name: string;
  readonly description: string;
  readonly act: (context: CommandContext, id: string) => Promise<void>;
}[] = [
  { name: 'show', description: 'show a run, epoch by epoch and as curves', act: show },
  { name: 'watch', description: 'watch a run until it is over', act: watchToTheEnd },
  { name: 'pause', description: 'let a run rest after the step it is at, with a checkpoint', act: pause },
  {
    name: 'resume',
    description: 'let a paused, interrupted or failed run go on from its last checkpoint',
    act: resume,
  },
  { name: 'cancel', description: 'end a run; its checkpoints stay', act: cancel },
];

/** `q2l runs`: training runs. */
export function addRunCommands(program: Command): void {
  const group = program.command('runs').description('training runs');

  const list = group
    .command('list')
    .description('list training runs, newest first')
    .addOption(
      new Option('--status <status>', 'only those in this state').choices(RUN_STATUSES.map((s) => s.toLowerCase())),
    )
    .action((options: { status?: string }) => withContext(list, (context) => listRuns(context, options.status)));
  withExamples(list, 'q2l runs list --status running');

  for (const { name, description, act } of ACTIONS) {
    const command = group
      .command(`${name} <run>`)
      .description(`${description}, given by its id`)
      .action((id: string) => withContext(command, (context) => act(context, id)));
    withExamples(command, `q2l runs ${name} 0197a5f0-0000-7000-8000-000000000000`);
  }
}

async function listRuns({ client, terminal }: CommandContext, status?: string): Promise<void> {
  const wanted = status === undefined ? null : [status.toUpperCase()];
  const runs = await allOf(
    async (page) => (await client.request(TRAINING_RUNS, { ...page, status: wanted })).trainingRuns,
  );
  terminal.table(
    ['run', 'status', 'epoch', 'step', 'loss', 'best', 'created'],
    runs.map((run) => [
      run.id,
      run.status.toLowerCase(),
      run.epoch,
      `${run.step}/${run.totalSteps ?? '?'}`,
      formatNumber(run.loss, 3),
      formatNumber(run.bestMetric, 4),
      formatTime(run.createdAt),
    ]),
    'There are no training runs; "q2l train" starts one.',
  );
  terminal.document({ runs });
}

async function show(context: CommandContext, id: string): Promise<void> {
  await showRunWithCurves(context, (await context.client.request(TRAINING_RUN, { id })).trainingRun);
}

async function pause({ client, terminal }: CommandContext, id: string): Promise<void> {
  showRun(terminal, settled((await client.request(PAUSE_TRAINING_RUN, { id })).pauseTrainingRun));
}

async function resume({ client, terminal }: CommandContext, id: string): Promise<void> {
  showRun(terminal, settled((await client.request(RESUME_TRAINING_RUN, { id })).resumeTrainingRun));
}

async function cancel({ client, terminal }: CommandContext, id: string): Promise<void> {
  showRun(terminal, settled((await client.request(CANCEL_TRAINING_RUN, { id })).cancelTrainingRun));
}
