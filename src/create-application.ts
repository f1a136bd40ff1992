import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { type ConfigurationOrigin, ConfigurationService, loadConfiguration } from './config/index.js';
import { serveExplorerAssets } from './graphql/index.js';
import { requireAccessToken } from './http/access-tokens.js';
import { requestIds } from './http/request-id.js';
import { requestLog } from './http/request-log.js';
import { securityHeaders } from './http/security-headers.js';
import { createLogger, LOGGER, NestLogger } from './logging/index.js';

/**
 * The server, ready to `listen`.
 * @param origin where the configuration comes from; default this process's environment and working folder
 * @throws ConfigurationError, or PluginDefinitionError for a plugin that cannot be loaded
 */
export async function createApplication(origin: ConfigurationOrigin = {}): Promise<NestExpressApplication> {
  const application = await NestFactory.create<NestExpressApplication>(await AppModule.forRoot(origin), {
    abortOnError: false,
    bodyParser: false,
    logger: new NestLogger(createLogger(loadConfiguration(origin).values)),
  });
  const logger = application.get<Logger>(LOGGER);
  const { values } = application.get(ConfigurationService);
  application.use(requestIds, requestLog(logger), ...securityHeaders(values.environment));
  const explorer = values.environment !== 'production';
  if (explorer) serveExplorerAssets(application);
  application.use(requireAccessToken(values.http.accessTokens, explorer));
  application.useBodyParser('json', { limit: values.limits.bodyBytes });
  // A drained server ends with code 0: supervisors take a death by signal for a failure.
  application.enableShutdownHooks([], { useProcessExit: true });
  return application;
}
