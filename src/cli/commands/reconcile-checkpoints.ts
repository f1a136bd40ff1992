import type { Command } from 'commander';
import { RECONCILE_CHECKPOINTS, type ReconciliationDetails } from '../../client/operations/checkpoints.js';
import { withContext, withExamples } from '../context.js';

/** `q2l checkpoints reconcile`. */
export function addReconcileCommand(group: Command): void {
  const command = group
    .command('reconcile')
    .description('compare checkpoints with their records, and mend what differs, as each start of the server does')
    .option('--verify', 'read all bytes and compare their SHA-256, not only the sizes of files', false)
    .action(({ verify }: { verify: boolean }) =>
      withContext(command, async ({ client, terminal }) => {
        const { reconcileCheckpoints: report } = await client.request(RECONCILE_CHECKPOINTS, { verify });
        terminal.table(['what', 'which', 'more'], rowsOf(report), 'Every checkpoint has its files.');
        terminal.note(`${report.checked} records compared by ${report.verified ? 'SHA-256' : 'size'}.`);
        terminal.document({ ...report });
      }),
    );
  withExamples(command, 'q2l checkpoints reconcile --verify');
}

function rowsOf(report: ReconciliationDetails): string[][] {
  const { missing, returned, damaged, quarantined, removed, finishedDeletions, waiting, problems } = report;
  return [
    ...missing.map((id) => ['missing', id, 'its files are gone']),
    ...returned.map((id) => ['returned', id, 'its files are back']),
    ...damaged.map(({ checkpoint, file, fault }) => ['damaged', checkpoint, `${file} ${fault}`]),
    ...quarantined.map(({ name, place }) => ['quarantined', name, `now ${place}`]),
    ...removed.map((name) => ['removed', name, 'half-written']),
    ...finishedDeletions.map((id) => ['deleted', id, 'its deletion had been begun']),
    ...waiting.map((name) => ['waiting', name, 'is being written, or may be']),
    ...problems.map((problem) => ['problem', problem, '']),
  ];
}
