import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApplication } from '../../src/create-application.js';
import { createTestDatabase } from './test-database.js';
import { GraphqlClient } from './graphql-client.js';
import { temporaryFolder } from './temporary-folder.js';

export interface StartedApp {
  readonly application: NestExpressApplication;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly client: GraphqlClient;
  readonly folder: string;
  stop(): Promise<void>;
}

/**
 * The whole server inside this process, on a free port, with a data folder and a database of its own (PostgreSQL where
 * `TEST_DATABASE_URL` is set).
 * @param environment variables beside those
 */
export async function startApp(environment: Readonly<Record<string, string>> = {}): Promise<StartedApp> {
  const folder = await temporaryFolder();
  const database = await createTestDatabase();
  const application = await createApplication({
    folder: folder.path,
    environment: {
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      Q2L_DATA: 'data',
      Q2L_TRAINING_WORKERS: '0',
      DATABASE_URL: database.url,
      ...environment,
    },
  });
  await application.listen(0, '127.0.0.1');
  const url = await application.getUrl();
  const client = new GraphqlClient(url);
  return {
    application,
    url,
    client,
    folder: folder.path,
    stop: async () => {
      await client.close();
      await application.close();
      await database.drop();
      await folder.remove();
    },
  };
}
