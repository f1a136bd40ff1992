// A worker that claims queued runs until none is left, ends each, and prints their ids:
// node claim-runs.js LOCATION WORKER
import { openDatabase } from '../../../dist/database/index.js';
import { databaseSchema } from '../../../dist/database-schema.js';
import { EmbeddedQueue } from '../../../dist/training/queue/embedded/embedded-queue.js';

const [location, worker] = process.argv.slice(2);
const database = await openDatabase(JSON.parse(location), databaseSchema);
const queue = new EmbeddedQueue(database, { values: { training: { leaseMilliseconds: 60_000 } } });
const claimed = [];
for (;;) {
  const lease = await queue.claim({ id: worker, labels: ['cpu'], concurrency: 1 });
  if (lease === null) break;
  claimed.push(lease.run.id);
  await lease.end('succeed', 'trained to the end');
}
process.stdout.write(JSON.stringify(claimed));
await database.onApplicationShutdown();
