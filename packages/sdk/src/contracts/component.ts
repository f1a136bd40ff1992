import type { z } from 'zod';

/** The kinds of component that a plugin can contribute. */
export const COMPONENT_KINDS = [
  'backbone',
  'decoder',
  'loss',
  'optimizer',
  'schedule',
  'augmentation',
  'importer',
  'metric',
] as const;
export type ComponentKind = (typeof COMPONENT_KINDS)[number];

/** What a component's decorator says of it. */
export interface ComponentMetadata<Schema extends z.ZodObject = z.ZodObject> {
  /** Unique among the components of its kind; lower case, digits and hyphens: `resnet101`. */
  readonly name: string;
  /** One sentence for people. */
  readonly description: string;
  /**
   * Type, range, default and description of every option (`z.strictObject`): the one source for validation,
   * documentation and the JSON schema published over GraphQL. Every option has a `.describe(...)`.
   */
  readonly options: Schema;
}

/** Reference to a component with its options, as stored in pipeline definitions and training recipes. */
export interface ComponentReference {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}
