import { RequestRefusedError } from '../client/client-errors.js';
import type { GraphqlClient } from '../client/graphql-client.js';
import { allOf } from '../client/operations/page.js';
import { PIPELINES, type PipelineDetails } from '../client/operations/pipelines.js';

/** The newest item of that name, or the one of that id. @throws {RequestRefusedError} naming those there are */
function pickNamed<Item extends { id: string; name: string }>(
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
