import type { GraphqlClient } from './graphql-client.js';
import { type ServerProcess, startServerProcess } from './server-process.js';
import { temporaryFolder } from './temporary-folder.js';
import { createTestDatabase } from './test-database.js';

/** A built server with real workers, in a folder and with a database of a suite's own. */
export interface OwnServer {
  readonly server: ServerProcess;
  readonly client: GraphqlClient;
  /** Where it runs. Its own data lie in `data` there. */
  readonly folder: string;
  /** Ends the server, and removes its database and its folder. */
  remove(): Promise<void>;
}

/**
 * @param environment keys of the configuration; their paths may be relative to the folder
 * @param prepare writes into the folder what must be there when the server starts
 */
export async function startOwnServer(
  environment: Readonly<Record<string, string>>,
  prepare: (folder: string) => Promise<unknown> = () => Promise.resolve(),
): Promise<OwnServer> {
  const folder = await temporaryFolder();
  const database = await createTestDatabase();
  const removePlace = async (): Promise<void> => {
    await database.drop();
    await folder.remove();
  };
  try {
    await prepare(folder.path);
    const server = await startServerProcess(
      { Q2L_DATA: 'data', DATABASE_URL: database.url, ...environment },
      { folder: folder.path },
    );
    return {
      ...{ server, client: server.client, folder: folder.path },
      remove: async () => {
        await server.stop();
        await removePlace();
      },
    };
  } catch (error) {
    await removePlace();
    throw error;
  }
}
