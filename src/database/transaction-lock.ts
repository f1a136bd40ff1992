import type { EntityManager } from 'typeorm';

/**
 * Lets one transaction at a time go on from here, until it ends; others that ask for the same lock wait. On SQLite there is never more than
 * one writing transaction.
 * @param key any number, the same in every process
 */
export async function lockForTransaction(manager: EntityManager, key: number): Promise<void> {
  if (manager.connection.options.type === 'postgres') await manager.query('SELECT pg_advisory_xact_lock($1)', [key]);
}
