import { RequestRefusedError } from '../client/client-errors.js';
import type { GraphqlClient } from '../client/graphql-client.js';
import { DATASETS, type DatasetDetails } from '../client/operations/datasets.js';
import { allOf } from '../client/operations/page.js';
import { PIPELINES, type PipelineDetails } from '../client/operations/pipelines.js';

/** The item of that id, or the newest of that name. @throws {RequestRefusedError} naming those there are */
function pickNamed<Item extends { readonly id: string; readonly name: string }>(
  kind: string,
  items: readonly Item[],
  nameOrId: string,
): Item {
  const found = items.find(({ id }) => id === nameOrId) ?? items.find(({ name }) => name === nameOrId);
  if (found) return found;
  const names = [...new Set(items.map(({ name }) => name))].join(', ') || 'none';
  throw new RequestRefusedError('NOT_FOUND', `There is no ${kind} "${nameOrId}". There are: ${names}.`);
}

/** A pipeline by its id, or the newest version of a name. */
export async function findPipeline(client: GraphqlClient, nameOrId: string): Promise<PipelineDetails> {
  const pipelines = await allOf(async (page) => (await client.request(PIPELINES, page)).pipelines);
  return pickNamed('pipeline', pipelines, nameOrId);
}

/** A dataset by its id or name. */
export async function findDataset(client: GraphqlClient, nameOrId: string): Promise<DatasetDetails> {
  const datasets = await allOf(async (page) => (await client.request(DATASETS, page)).datasets);
  return pickNamed('dataset', datasets, nameOrId);
}
