import { z } from 'zod';
import { defineOperation } from '../operation.js';
import { PAGE_FIELDS, pageSchema } from './page.js';

export const COMPONENT_KINDS = [
  'BACKBONE',
  'DECODER',
  'LOSS',
  'OPTIMIZER',
  'SCHEDULE',
  'AUGMENTATION',
  'IMPORTER',
  'METRIC',
] as const;

const pluginSchema = z.object({
  name: z.string(),
  version: z.string(),
  sdk: z.string(),
  description: z.string(),
  components: z.array(z.object({ kind: z.enum(COMPONENT_KINDS), name: z.string(), description: z.string() })),
});

/** The loaded plugins with what they contribute. */
export const PLUGINS = defineOperation(
  `query Plugins($first: Int, $after: String) {
    plugins(first: $first, after: $after) {
      nodes { name version sdk description components { kind name description } }
      ${PAGE_FIELDS}
    }
  }`,
  z.object({ plugins: pageSchema(pluginSchema) }),
);

const componentSchema = z.object({
  kind: z.enum(COMPONENT_KINDS),
  name: z.string(),
  description: z.string(),
  plugin: z.object({ name: z.string(), version: z.string() }),
  optionSchema: z.record(z.string(), z.unknown()),
});
export type ComponentDetails = z.infer<typeof componentSchema>;

/** All components with the schemas of their options. */
export const COMPONENTS = defineOperation(
  `query Components($first: Int, $after: String, $kind: ComponentKind) {
    components(first: $first, after: $after, kind: $kind) {
      nodes { kind name description plugin { name version } optionSchema }
      ${PAGE_FIELDS}
    }
  }`,
  z.object({ components: pageSchema(componentSchema) }),
);
