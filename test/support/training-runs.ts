import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { OwnServer } from './own-server.js';
import { type RunSeen, seeRun } from './run-seen.js';
import { untilReached } from './until-reached.js';

/** Waits until a run is as expected. @throws with what it is, once nothing of it has changed for so many seconds; default 120 */
export function untilRun(
  { client }: OwnServer,
  id: string,
  reached: (run: RunSeen) => boolean,
  seconds = 120,
): Promise<RunSeen> {
  return untilReached(() => seeRun(client, id), reached, seconds);
}

/** Waits for the end of a run, which must be a good one. */
export async function untilSucceeded(own: OwnServer, id: string): Promise<RunSeen> {
  const run = await untilRun(own, id, ({ status }) => status === 'SUCCEEDED' || status === 'FAILED');
  expect(run).toMatchObject({ status: 'SUCCEEDED', problem: null });
  return run;
}

/** SHA-256 of each file of the newest LAST checkpoint of a run. */
export async function newestFiles({ client, folder }: OwnServer, runId: string): Promise<Record<string, unknown>> {
  const { checkpoints } = await client.data<{ checkpoints: { nodes: { id: string }[] } }>(
    `query ($runId: ID!) { checkpoints(runId: $runId, kind: LAST, first: 1) { nodes { id } } }`,
    { runId },
  );
  const path = join(folder, 'data', 'checkpoints', checkpoints.nodes[0].id, 'manifest.json');
  return (JSON.parse(await readFile(path, 'utf8')) as { files: Record<string, unknown> }).files;
}

/** Every line of the log of a run, up to its end. */
export async function logOf({ client }: OwnServer, id: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const query = `subscription ($id: ID!) { trainingRunLog(id: $id, after: 0) { message } }`;
  for await (const { data } of client.subscribe<{ trainingRunLog: { message: string } }>(query, { id })) {
    if (data) lines.push(data.trainingRunLog.message);
  }
  return lines;
}
