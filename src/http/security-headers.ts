import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { Configuration } from '../config/index.js';

/**
 * Helmet's headers. In development the explorer's page is served by the same address as the API, so that its scripts
 * (all from this server, one of them inline) must be allowed.
 */
export function securityHeaders(environment: Configuration['environment']): readonly RequestHandler[] {
  if (environment === 'production')
    return [helmet({ contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] } } })];
  return [
    helmet({
      // The page is opened as http://localhost: its own scripts must not be sought by https.
      strictTransportSecurity: false,
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          scriptSrc: ["'self'", "'unsafe-inline'", "'unsafe-eval'", 'blob:'],
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:', 'blob:'],
          fontSrc: ["'self'", 'data:'],
          workerSrc: ["'self'", 'blob:'],
          connectSrc: ["'self'", 'ws:'],
          frameAncestors: ["'self'"],
        },
      },
    }),
  ];
}
