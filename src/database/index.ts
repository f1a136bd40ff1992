export * from './columns.js';
export type { DatabaseLocation } from './data-sources.js';
export * from './database.module.js';
export * from './database.service.js';
export * from './migration-columns.js';
export * from './schema.js';
export * from './unavailable.js';
export * from './mutex.js';
export * from './transaction-lock.js';
