export * from './explorer.js';
export * from './graphql.module.js';
