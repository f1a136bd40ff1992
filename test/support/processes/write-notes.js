// A process that writes to the database of a test: node write-notes.js LOCATION NAME COUNT
import { openDatabase } from '../../../dist/database/index.js';

const [location, name, count] = process.argv.slice(2);
const database = await openDatabase(JSON.parse(location), { entities: [], migrations: [] });
for (let number = 0; number < Number(count); number += 1) {
  await database.write(async (manager) => {
    for (const part of ['a', 'b']) {
      const values = `'${name} ${number} ${part}', '${name}', 0`;
      await manager.query(`INSERT INTO note (id, text, "writtenAt") VALUES (${values})`);
    }
  });
}
await database.onApplicationShutdown();
