import { z } from 'zod';
import { COMPONENT_KINDS } from '../contracts/index.js';
import type { ComponentKind, ComponentMetadata, ComponentProviders } from '../contracts/index.js';
import { PluginDefinitionError } from './plugin-definition.error.js';

const NAME_PATTERN = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** The method that a provider of each kind must have. */
export const REQUIRED_METHODS: Readonly<Record<ComponentKind, 'build' | 'read'>> = {
  backbone: 'build',
  decoder: 'build',
  loss: 'build',
  optimizer: 'build',
  schedule: 'build',
  augmentation: 'build',
  importer: 'read',
  metric: 'build',
};

/** True if the text names one of the kinds of component. */
export function isComponentKind(text: string): text is ComponentKind {
  return COMPONENT_KINDS.some((kind) => kind === text);
}

/**
 * Checks what a component's decorator says: the name's pattern, a description, and an option schema in which every
 * option is described and which converts to JSON Schema.
 * @param where the decorated class, for the message: `@Backbone on class ResNet`
 * @throws PluginDefinitionError
 */
export function checkComponentMetadata(where: string, metadata: ComponentMetadata): void {
  if (!NAME_PATTERN.test(metadata.name)) {
    throw new PluginDefinitionError(
      `${where}: the name ${JSON.stringify(metadata.name)} is not valid. ` +
        'Expected lower-case letters, digits and single hyphens, starting with a letter, for example "resnet" or "one-cycle".',
    );
  }
  if (metadata.description.trim() === '') {
    throw new PluginDefinitionError(`${where}: "${metadata.name}" has no description. Say in one sentence what it is.`);
  }
  checkOptionSchema(`${where}: the option schema of "${metadata.name}"`, metadata.options);
}

function checkOptionSchema(where: string, schema: ComponentMetadata['options']): void {
  if (schema.def.catchall?._zod.def.type !== 'never') {
    throw new PluginDefinitionError(
      `${where} accepts unknown options. Write z.strictObject({ ... }), so that a misspelt option is refused.`,
    );
  }
  const properties = publishedProperties(where, schema);
  const undescribed = Object.keys(schema.shape).filter((name) => !hasDescription(properties[name]));
  if (undescribed.length > 0) {
    throw new PluginDefinitionError(
      `${where} does not describe ${undescribed.map((name) => `"${name}"`).join(', ')}. End each option with .describe('...').`,
    );
  }
}

function publishedProperties(where: string, schema: ComponentMetadata['options']): Readonly<Record<string, unknown>> {
  try {
    return { ...z.toJSONSchema(schema, { io: 'input' }).properties };
  } catch (error) {
    throw new PluginDefinitionError(
      `${where} cannot be published as JSON Schema: ${error instanceof Error ? error.message : String(error)}. ` +
        'Use only types that JSON can carry (strings, numbers, booleans, enums, arrays, objects).',
      { cause: error },
    );
  }
}

function hasDescription(property: unknown): boolean {
  if (typeof property !== 'object' || property === null) return false;
  const description: unknown = Reflect.get(property, 'description');
  return typeof description === 'string' && description.trim() !== '';
}

/**
 * Checks that an instance has the method that its kind requires.
 * @throws PluginDefinitionError naming the class, the component and the missing method
 */
export function checkProvider<Kind extends ComponentKind>(
  kind: Kind,
  name: string,
  provider: unknown,
): asserts provider is ComponentProviders<Readonly<Record<string, unknown>>>[Kind] {
  const method = REQUIRED_METHODS[kind];
  const found = typeof provider === 'object' && provider !== null ? Reflect.get(provider, method) : undefined;
  if (typeof found === 'function') return;
  const className = typeof provider === 'object' && provider !== null ? provider.constructor.name : typeof provider;
  throw new PluginDefinitionError(
    `Class ${className} is declared as ${kind} "${name}" but has no method ${method}(...). ` +
      `Let it implement ${kind.charAt(0).toUpperCase()}${kind.slice(1)}Provider of @query2label/sdk.`,
  );
}
