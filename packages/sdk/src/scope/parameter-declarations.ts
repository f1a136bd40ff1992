import type { NamedValues, TensorValue } from '@query2label/engine';
import type { Initializer, ParameterDeclarations, ParameterSpec, PublishedBuffer } from '../contracts/index.js';

/** Declarations together with what has been declared so far, under all prefixes. */
export interface CollectedDeclarations extends ParameterDeclarations {
  /** In order of declaration. */
  readonly specs: readonly ParameterSpec[];
  /** Values of the tables: constants of every program that runs the component. */
  readonly tables: NamedValues;
  /** Buffers of the official state dict that are in no program, in order of declaration. */
  readonly publishedBuffers: readonly PublishedBuffer[];
  scope(prefix: string): CollectedDeclarations;
}

interface Collection {
  readonly specs: ParameterSpec[];
  readonly tables: Record<string, TensorValue>;
  readonly published: PublishedBuffer[];
  readonly names: Set<string>;
}

/** An empty collection, to be handed to `build` in a component's context. */
export function createParameterDeclarations(prefix = ''): CollectedDeclarations {
  return declarationsUnder(prefix, { specs: [], tables: {}, published: [], names: new Set() });
}

function declarationsUnder(prefix: string, collection: Collection): CollectedDeclarations {
  const register = (name: string, shape: readonly number[]): string => {
    const fullName = `${prefix}${name}`;
    if (name === '') throw new Error(`A parameter under "${prefix}" was declared without a name.`);
    if (collection.names.has(fullName)) {
      throw new Error(`Parameter "${fullName}" is declared twice. Give each its own name or scope.`);
    }
    if (!shape.every((extent) => Number.isInteger(extent) && extent > 0)) {
      throw new Error(
        `Parameter "${fullName}" is declared with shape [${shape.join(', ')}]. Expected positive whole numbers only.`,
      );
    }
    collection.names.add(fullName);
    return fullName;
  };
  return {
    prefix,
    specs: collection.specs,
    tables: collection.tables,
    publishedBuffers: collection.published,
    declare: (name: string, shape: readonly number[], initializer: Initializer, role = 'trainable') => {
      const fullName = register(name, shape);
      collection.specs.push({ name: fullName, shape: [...shape], initializer, role });
      return fullName;
    },
    table: (name, shape, values) => {
      const fullName = register(name, shape);
      const size = shape.reduce((product, extent) => product * extent, 1);
      if (values.length !== size) {
        throw new Error(
          `Table "${fullName}" has shape [${shape.join(', ')}], ${size} values, but ${values.length} were given.`,
        );
      }
      collection.tables[fullName] = { dtype: 'float32', shape: [...shape], data: values };
      return fullName;
    },
    published: (name, shape, values, dtype = 'float32') => {
      collection.published.push({ name: register(name, shape), shape: [...shape], dtype, values });
    },
    scope: (inner) => {
      if (inner === '') throw new Error(`An empty scope was opened under "${prefix}". Name it.`);
      return declarationsUnder(`${prefix}${inner}.`, collection);
    },
  };
}
