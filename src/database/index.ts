export * from './columns.js';
export * from './database.module.js';
export * from './database.service.js';
export * from './migration-columns.js';
export * from './schema.js';
