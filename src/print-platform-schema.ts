import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { createApplication } from './create-application.js';

const HEADER = `# The GraphQL API. Made from the code by "npm run schema"; "npm run schema:check" finds differences.\n\n`;

/** The GraphQL schema as text, sorted: of a server that is started in an empty folder and never listens. */
export async function printPlatformSchema(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'q2l-schema-'));
  const environment = { NODE_ENV: 'test', LOG_LEVEL: 'error', Q2L_TRAINING_WORKERS: '0' };
  const application = await createApplication({ folder, environment });
  try {
    await application.init();
    return `${HEADER}${printSchema(lexicographicSortSchema(application.get(GraphQLSchemaHost).schema))}\n`;
  } finally {
    await application.close();
    await rm(folder, { recursive: true, force: true });
  }
}
