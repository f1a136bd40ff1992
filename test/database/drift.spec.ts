import { expect, it } from '@jest/globals';
import { createWriteSource } from '../../src/database/data-sources.js';
import { migrate } from '../../src/database/migrate.js';
import { databaseSchema } from '../../src/database-schema.js';
import { describeOnEachDatabase } from '../support/database-engines.js';

describeOnEachDatabase('the migrations', (_engine, create) => {
  it('make exactly the tables that the entities describe, and can be undone', async () => {
    const place = await create();
    const source = await createWriteSource(place.location, databaseSchema).initialize();
    try {
      await migrate(source);
      const { upQueries } = await source.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
      for (const _migration of databaseSchema.migrations) await source.undoLastMigration();
      const tables = await source.createQueryRunner().getTables();
      const names = tables.map(({ name }) => name.replace('public.', ''));
      expect(names.filter((name) => source.entityMetadatas.some(({ tableName }) => tableName === name))).toEqual([]);
    } finally {
      await source.destroy();
      await place.remove();
    }
  });
});
