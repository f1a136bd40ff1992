import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { isRecord } from '../../src/common/guards.js';
import { figure, figures } from './support/figures.js';
import { tryFault } from './support/fault-record.js';
import { PlatformUnderTest } from './support/platform-under-test.js';

const RECIPE = {
  ...{ epochs: 30, batchSize: 4, learningRate: 1e-2, averageDecay: null, earlyStopping: null, seed: 3 },
  ...{
    augmentations: [{ name: 'slow', options: { milliseconds: 8 } }],
    checkpointEverySteps: 10,
    retryPauseSeconds: 0,
  },
};
const STEPS = 180;

interface Seen {
  readonly eventId: number;
  readonly text: string;
}

describe('watching runs', () => {
  let platform: PlatformUnderTest;

  beforeAll(async () => {
    platform = await PlatformUnderTest.start('SQLite', {
      ...{ NODE_ENV: 'production', LOG_LEVEL: 'info', Q2L_METRICS_TOKEN: 'a secret', Q2L_TRAINING_LEASE: '2000' },
    });
  });

  afterAll(() => platform.remove());

  /**
   * Follows progress and log of a run over one connection that is cut without a word after some events.
   * @param after number of the last event seen
   * @param most events after which the line is cut; the rest of the run if left out
   */
  async function follow(id: string, after: number, most = Infinity): Promise<Seen[]> {
    const sockets: WebSocket[] = [];
    class Cut extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols);
        sockets.push(this);
      }
    }
    const url = `${platform.running.url.replace('http', 'ws')}/graphql`;
    const client = createClient({ url, webSocketImpl: Cut, retryAttempts: 0 });
    const seen: Seen[] = [];
    const one = async (name: string, fields: string): Promise<void> => {
      const query = `subscription($id: ID!, $after: Int) { ${name}(id: $id, after: $after) { eventId ${fields} } }`;
      const events = client.iterate({ query, variables: { id, after } });
      try {
        for await (const { data } of events) {
          const event = data?.[name];
          if (isRecord(event) && typeof event.eventId === 'number' && seen.length < most) {
            seen.push({ eventId: event.eventId, text: JSON.stringify(event) });
          }
          if (seen.length >= most) for (const socket of sockets) socket.terminate();
        }
      } catch (error) {
        if (seen.length < most && platform.server !== undefined) throw error;
      }
    };
    await Promise.all([one('trainingRunProgress', 'step loss'), one('trainingRunLog', 'level message')]);
    await client.dispose();
    return seen;
  }

  it('a connection that is cut, and a server that is killed, leave no gap for one who comes back with the last number', async () => {
    await tryFault(
      'WebSocket cut, then the server killed, while a run is watched',
      'SQLite',
      async () => {
        const id = await platform.train(RECIPE);
        const seen: Seen[] = [];
        // Two subscriptions over one line: of each, what came may stop at a different number; the smaller one is safe to go on from.
        const goOn = async (most?: number): Promise<void> => {
          const last = Math.min(lastOf(seen, 'step'), lastOf(seen, 'message'));
          for (const event of await follow(id, last, most)) {
            if (!seen.some(({ eventId }) => eventId === event.eventId)) seen.push(event);
          }
        };
        for (let cut = 0; cut < 3; cut += 1) await goOn(3);
        const rest = goOn();
        await delay(500);
        await platform.killServer();
        await rest.catch(() => undefined);
        await platform.startServer();
        await goOn();
        const run = await platform.untilOver(id);
        expect(run).toMatchObject({ status: 'SUCCEEDED', step: STEPS });
        const all = await follow(id, 0);
        const order = (events: readonly Seen[]) => events.toSorted((one, other) => one.eventId - other.eventId);
        expect(order(seen)).toEqual(order(all));
        expect(all.length).toBeGreaterThan(12);
      },
      4,
    );
  });

  it('figures for Prometheus tell of states, speed, leases, checkpoints, event loop and memory, and want their token', async () => {
    const { running } = platform;
    expect((await fetch(`${running.url}/metrics`)).status).toBe(401);
    await expect(figures(running, 'another secret')).rejects.toThrow(/401/);
    const before = await figures(running, 'a secret');
    const ids = [await platform.train(RECIPE), await platform.train(RECIPE)];
    await platform.until(ids[0], ({ step }) => step >= 50);
    const during = await figures(running, 'a secret');
    expect(figure(during, 'q2l_runs{state="RUNNING"}')).toBe(1);
    expect(figure(during, 'q2l_queue_depth')).toBe(1);
    expect(figure(during, 'q2l_training_workers')).toBe(1);
    for (const name of ['step', 'loss', 'steps_per_second', 'images_per_second', 'worker_resident_bytes']) {
      expect(figure(during, `q2l_run_${name}{run="${ids[0]}"}`)).toBeGreaterThan(0);
    }
    const speed = (name: string): number => figure(during, `q2l_run_${name}_per_second{run="${ids[0]}"}`);
    expect(speed('images') / speed('steps')).toBeCloseTo(RECIPE.batchSize, 6);
    const renewals = (text: string): number => figure(text, 'q2l_lease_renewals_total');
    expect(renewals(during)).toBeGreaterThan(renewals(before));
    expect(figure(during, 'process_resident_memory_bytes')).toBeGreaterThan(1e7);
    expect(figure(during, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    for (const id of ids) await platform.untilOver(id);
    const after = await figures(running, 'a secret');
    const checkpoints = (text: string): number => (text.includes('q2l_checkpoint_seconds_count{kind="LAST"}') ? figure(text, 'q2l_checkpoint_seconds_count{kind="LAST"}') : 0); // prettier-ignore
    // At each epoch's end and every ten steps, where those are not the same.
    const each = RECIPE.epochs + STEPS / 10 - STEPS / 30;
    expect(checkpoints(after) - checkpoints(before)).toBe(2 * each);
    expect(figure(after, 'q2l_checkpoint_bytes_sum{kind="LAST"}')).toBeGreaterThan(1000 * each);
    expect(figure(after, 'q2l_runs{state="SUCCEEDED"}')).toBe(3);
    expect(after).not.toContain(`run="${ids[0]}"`);
  });

  it('lines of the log carry the ids of request, run and worker', async () => {
    const query =
      'mutation($input: StartTrainingRunInput!) { startTrainingRun(input: $input) { ... on TrainingRun { id } } }';
    const input = { pipelineId: platform.pipelineId, datasetId: platform.datasetId, recipe: { ...RECIPE, epochs: 1 } };
    const { data, headers } = await platform.running.client.send<{ startTrainingRun: { id: string } }>(query, {
      input,
    });
    const run = String(data?.startTrainingRun.id);
    const { transitions } = await platform.untilOver(run);
    const worker = transitions.find(({ to }) => to === 'RUNNING')?.workerId;
    const text = platform.running.output();
    const lines = text.split('\n').flatMap((line): unknown[] => (line.startsWith('{') ? [JSON.parse(line)] : []));
    const requestId = headers.get('x-request-id');
    expect(lines).toContainEqual(expect.objectContaining({ requestId, run, msg: 'a training run was asked for' }));
    expect(lines).toContainEqual(expect.objectContaining({ worker, run, msg: 'training begins' }));
    expect(lines).toContainEqual(expect.objectContaining({ worker, run, msg: 'training ends' }));
    expect(lines).toContainEqual(expect.objectContaining({ worker, msg: 'training worker ready' }));
  });
});

/** Number of the newest event that has a field. */
function lastOf(events: readonly Seen[], field: string): number {
  return Math.max(0, ...events.filter(({ text }) => text.includes(`"${field}":`)).map(({ eventId }) => eventId));
}
