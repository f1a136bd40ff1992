// A process that opens and migrates the platform's own database: node open-platform-database.js LOCATION
import { openDatabase } from '../../../dist/database/index.js';
import { databaseSchema } from '../../../dist/database-schema.js';

const database = await openDatabase(JSON.parse(process.argv[2]), databaseSchema);
process.stdout.write(JSON.stringify(await database.pendingMigrations()));
await database.onApplicationShutdown();
