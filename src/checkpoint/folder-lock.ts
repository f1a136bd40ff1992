import type { EntityManager } from 'typeorm';
import { lockForTransaction } from '../database/index.js';

const KEY = 7_424_715_267;

/**
 * Within a transaction: no other one records a checkpoint or takes a folder away as long as this one lasts. So a folder that is found to have
 * no record cannot get one while it is moved, and one that is recorded cannot be moved in the same moment.
 */
export function lockFolders(manager: EntityManager): Promise<void> {
  return lockForTransaction(manager, KEY);
}
