import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { importLabelFolders, make } from '../../support/make.js';
import { type RunSeen, seeRun } from '../../support/run-seen.js';
import { type ServerProcess, startServerProcess } from '../../support/server-process.js';
import { temporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { untilReached } from '../../support/until-reached.js';
import { paintFolder } from './painted-folder.js';
import { buildPlugins } from './plugin-copies.js';

export type DatabaseEngine = 'SQLite' | 'PostgreSQL';

const PIPELINE = {
  ...{ backbone: { name: 'tiny-backbone', options: { dropout: 0.2 } }, decoder: { name: 'tiny-decoder' } },
  ...{ loss: { name: 'tiny-loss' }, image: { size: 16 } },
};

export interface MetricSeen {
  readonly epoch: number;
  readonly step: number;
  readonly weights: string;
  readonly split: string;
  readonly name: string;
  readonly value: number | null;
  readonly perLabel: readonly (number | null)[] | null;
}

const PROBLEM = '... on UserError { message }';

/** The built platform with a data folder, a database and plugins of a test's own: it can be started, killed and started again. */
export class PlatformUnderTest {
  server: ServerProcess | undefined;
  pipelineId = '';
  datasetId = '';

  private constructor(
    private readonly folder: TemporaryFolder,
    private readonly database: TestDatabase,
    /** Configuration of its processes. */
    readonly environment: Readonly<Record<string, string>> & { readonly Q2L_DATA: string },
  ) {}

  /**
   * Starts a server, imports pictures and makes a pipeline of the tiny plugin.
   * @param environment keys of the configuration beside place and plugins
   * @param perColour pictures of each of three colours; default 8 and 4
   */
  static async start(
    engine: DatabaseEngine,
    environment: Readonly<Record<string, string>> = {},
    perColour = { train: 8, validation: 4 },
  ): Promise<PlatformUnderTest> {
    const folder = await temporaryFolder();
    const none = { url: '', drop: () => Promise.resolve() };
    const database = engine === 'SQLite' ? none : await createTestDatabase();
    const pictures = join(folder.path, 'pictures');
    await mkdir(join(folder.path, 'data'));
    await paintFolder(pictures, perColour);
    const platform = new PlatformUnderTest(folder, database, {
      ...{
        Q2L_DATA: join(folder.path, 'data'),
        DATABASE_URL: database.url,
        Q2L_IMPORT_FOLDERS: `pictures=${pictures}`,
      },
      ...{ Q2L_PLUGIN_FOLDERS: await buildPlugins(join(folder.path, 'plugins')), Q2L_THREADS: '1' },
      ...environment,
    });
    await platform.startServer();
    platform.datasetId = await importLabelFolders(platform.running.client, 'pictures');
    await platform.usePipeline('tiny', PIPELINE);
    return platform;
  }

  /** Makes the pipeline that the next runs train; at first it is one of the tiny plugin. */
  async usePipeline(name: string, definition: object): Promise<void> {
    this.pipelineId = await make(this.running.client, 'createPipeline', { name, definition });
  }

  get data(): string {
    return this.environment.Q2L_DATA;
  }

  get pictures(): string {
    return join(this.folder.path, 'pictures');
  }

  /** The server that runs. @throws if it was stopped or killed */
  get running(): ServerProcess {
    if (this.server === undefined) throw new Error('No server runs.');
    return this.server;
  }

  async startServer(environment: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    this.server = await startServerProcess({ ...this.environment, ...environment });
    return this.server;
  }

  /** @returns the exit code */
  async stopServer(): Promise<number | null> {
    const { running } = this;
    this.server = undefined;
    return running.stop();
  }

  async killServer(): Promise<void> {
    const { running } = this;
    this.server = undefined;
    await running.kill();
  }

  async remove(): Promise<void> {
    await this.server?.stop();
    await this.database.drop();
    await this.folder.remove();
  }

  /** Starts a run. @throws with the refusal */
  train(recipe: Readonly<Record<string, unknown>>): Promise<string> {
    const input = { pipelineId: this.pipelineId, datasetId: this.datasetId, recipe };
    return make(this.running.client, 'startTrainingRun', input);
  }

  async change(name: 'pauseTrainingRun' | 'resumeTrainingRun' | 'cancelTrainingRun', id: string) {
    const query = `mutation($id: ID!) { ${name}(id: $id) { __typename ${PROBLEM} ... on IllegalTransition { allowed } } }`;
    const answer = await this.running.client.data<Record<string, { __typename: string; message?: string; allowed?: string[] }>>(query, { id }); // prettier-ignore
    return answer[name];
  }

  run(id: string): Promise<RunSeen> {
    return seeRun(this.running.client, id);
  }

  /** Waits until the run is as expected. @throws with what it is, once nothing of it has changed for so many seconds */
  until(id: string, reached: (run: RunSeen) => boolean, seconds = 60): Promise<RunSeen> {
    return untilReached(
      () => this.run(id),
      reached,
      seconds,
      () => this.running.output(),
    );
  }

  /** Waits for the end of a run. */
  untilOver(id: string, seconds = 120): Promise<RunSeen> {
    return this.until(id, ({ status }) => ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(status), seconds);
  }

  /** Waits for a training worker that lives. */
  async worker(seconds = 30): Promise<number> {
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
      const [pid] = this.running.workers('training');
      if (pid !== undefined) return pid;
      if (performance.now() > deadline) throw new Error(`No training worker lives: ${this.running.output()}`);
      await delay(60);
    }
  }

  /** All figures of a run, ordered by what they are about. */
  async metrics(id: string): Promise<readonly MetricSeen[]> {
    const query =
      'query($id: ID!) { trainingRun(id: $id) { metrics { epoch step weights split name value perLabel } } }';
    const { trainingRun } = await this.running.client.data<{ trainingRun: { metrics: MetricSeen[] } }>(query, { id });
    const order = (metric: MetricSeen): string => JSON.stringify([String(metric.epoch).padStart(6), metric.weights, metric.name]); // prettier-ignore
    return trainingRun.metrics.toSorted((one, other) => order(one).localeCompare(order(other)));
  }

  /** The manifest of the newest checkpoint of a kind. */
  async newestManifest(runId: string, kind: 'LAST' | 'BEST' = 'LAST'): Promise<Readonly<Record<string, unknown>>> {
    const query = `query($runId: ID!) { checkpoints(runId: $runId, kind: ${kind}, first: 100) { nodes { id step } } }`;
    const { checkpoints } = await this.running.client.data<{ checkpoints: { nodes: { id: string; step: number }[] } }>(query, { runId }); // prettier-ignore
    const newest = checkpoints.nodes.toSorted((one, other) => other.step - one.step)[0];
    const path = join(this.data, 'checkpoints', newest.id, 'manifest.json');
    return JSON.parse(await readFile(path, 'utf8')) as Readonly<Record<string, unknown>>;
  }

  /** Names below the folder of the checkpoints. */
  checkpointFolders(): Promise<string[]> {
    return readdir(join(this.data, 'checkpoints'));
  }
}
