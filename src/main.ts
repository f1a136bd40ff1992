import { PluginDefinitionError } from '@query2label/sdk';
import type { Logger } from 'pino';
import { ConfigurationError, ConfigurationService } from './config/index.js';
import { createApplication } from './create-application.js';
import { isLoopback } from './http/access-tokens.js';
import { LOGGER } from './logging/index.js';

try {
  const application = await createApplication();
  const { values } = application.get(ConfigurationService);
  await application.listen(values.http.port, values.http.host);
  const address = (await application.getUrl()).replace('[::1]', 'localhost').replace('127.0.0.1', 'localhost');
  const explorer = values.environment === 'production' ? undefined : `${address}/graphql`;
  const logger = application.get<Logger>(LOGGER);
  if (values.http.accessTokens.length === 0 && !isLoopback(values.http.host))
    logger.warn(`anyone who reaches ${values.http.host} may use this server: set Q2L_ACCESS_TOKENS, or let a proxy decide who may`); // prettier-ignore
  logger.info({ graphql: `${address}/graphql`, explorer }, `listening at ${address}`);
} catch (error) {
  // Faults of the installation are told in a sentence; anything else with its stack.
  const expected = error instanceof ConfigurationError || error instanceof PluginDefinitionError;
  const text = error instanceof Error ? (expected ? error.message : error.stack) : String(error);
  process.stderr.write(`The server cannot start. ${text ?? ''}\n`);
  process.exit(1);
}
