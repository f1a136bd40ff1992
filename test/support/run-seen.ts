import type { GraphqlClient } from './graphql-client.js';

/** What a training run looks like over GraphQL. */
export interface RunSeen {
  readonly id: string;
  readonly status: string;
  readonly step: number;
  readonly totalSteps: number | null;
  readonly epoch: number;
  readonly problem: string | null;
  readonly bestMetric: number | null;
  readonly interruptions: number;
  readonly waitingBecause: string | null;
  readonly transitions: readonly {
    readonly from: string | null;
    readonly to: string;
    readonly cause: string;
    readonly workerId: string | null;
    readonly at: string;
  }[];
}

const RUN = `query ($id: ID!) {
  trainingRun(id: $id) {
    id status step totalSteps epoch problem bestMetric interruptions waitingBecause
    transitions { from to cause workerId at }
  }
}`;

/** Asks for a training run. */
export async function seeRun(client: GraphqlClient, id: string): Promise<RunSeen> {
  return (await client.data<{ trainingRun: RunSeen }>(RUN, { id })).trainingRun;
}
