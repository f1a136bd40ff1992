import type {
  ComponentKind,
  ComponentMetadata,
  ComponentProviders,
  JsonSchema,
  PluginMetadata,
} from '@query2label/sdk';

/** Options as they were validated: the component's schema stands for their exact type. */
export type ComponentOptions = Readonly<Record<string, unknown>>;

/** A component that was found in a loaded plugin. */
export interface RegisteredComponent<Kind extends ComponentKind = ComponentKind> {
  readonly kind: Kind;
  readonly name: string;
  readonly description: string;
  readonly plugin: PluginMetadata;
  /** Validates options and fills in defaults. */
  readonly options: ComponentMetadata['options'];
  /** The same as JSON Schema, as a client writes them. */
  readonly optionSchema: JsonSchema;
  readonly provider: ComponentProviders<ComponentOptions>[Kind];
}

/** A component together with validated options. */
export interface ResolvedComponent<Kind extends ComponentKind> {
  readonly component: RegisteredComponent<Kind>;
  readonly provider: ComponentProviders<ComponentOptions>[Kind];
  readonly options: ComponentOptions;
}
