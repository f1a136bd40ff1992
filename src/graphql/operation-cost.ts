import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { DEFAULT_PAGE_SIZE } from '../common/graphql/index.js';

/** How much an operation asks for. */
export interface OperationCost {
  /** Nesting of fields. */
  readonly depth: number;
  readonly aliases: number;
  /** Fields that the answer may hold: those in a list count once for each item. */
  readonly fields: number;
}

/** Assumed length of a list that is not paged (labels of an image, metrics of an epoch). */
const UNPAGED_LIST = 10;
const NOTHING: OperationCost = { depth: 0, aliases: 0, fields: 0 };

/**
 * Measures one operation of a document that is already validated. Introspection costs nothing: it is bounded by the
 * limit on tokens, and off in production.
 */
export function measureOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): OperationCost {
  const rootType = schema.getRootType(operation.operation) ?? undefined;
  return new Measure(schema, document, variables).selections(operation.selectionSet, rootType);
}

class Measure {
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Each fragment is measured once, so that fragments of fragments cannot multiply the work. */
  private readonly measured = new Map<string, OperationCost>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly variables: Readonly<Record<string, unknown>>,
  ) {
    const definitions = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
    this.fragments = new Map(definitions.map((fragment) => [fragment.name.value, fragment]));
  }

  selections(set: SelectionSetNode, parent: GraphQLNamedType | undefined): OperationCost {
    return set.selections
      .map((selection) => {
        switch (selection.kind) {
          case Kind.FIELD:
            return this.field(selection, parent);
          case Kind.INLINE_FRAGMENT: {
            const condition = selection.typeCondition?.name.value;
            return this.selections(selection.selectionSet, condition ? this.schema.getType(condition) : parent);
          }
          case Kind.FRAGMENT_SPREAD:
            return this.fragment(selection.name.value);
        }
      })
      .reduce(together, NOTHING);
  }

  private fragment(name: string): OperationCost {
    const known = this.measured.get(name);
    if (known !== undefined) return known;
    const fragment = this.fragments.get(name);
    const cost =
      fragment === undefined
        ? NOTHING
        : this.selections(fragment.selectionSet, this.schema.getType(fragment.typeCondition.name.value));
    this.measured.set(name, cost);
    return cost;
  }

  private field(node: FieldNode, parent: GraphQLNamedType | undefined): OperationCost {
    if (node.name.value.startsWith('__')) return NOTHING;
    const aliases = node.alias === undefined ? 0 : 1;
    const definition =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    if (node.selectionSet === undefined || definition === undefined) return { depth: 1, aliases, fields: 1 };
    const inner = this.selections(node.selectionSet, getNamedType(definition.type));
    const paged = definition.args.some(({ name }) => name === 'first' || name === 'last');
    const type = isNonNullType(definition.type) ? definition.type.ofType : definition.type;
    // The lists of a connection (edges, nodes) are counted at the field that pages them.
    const ofConnection = parent?.name.endsWith('Connection') === true;
    const items = paged ? this.pageSize(node) : isListType(type) && !ofConnection ? UNPAGED_LIST : 1;
    return { depth: 1 + inner.depth, aliases: aliases + inner.aliases, fields: 1 + items * inner.fields };
  }

  private pageSize(node: FieldNode): number {
    for (const { name, value } of node.arguments ?? []) {
      if (name.value !== 'first' && name.value !== 'last') continue;
      const size: unknown =
        value.kind === Kind.VARIABLE
          ? this.variables[value.name.value]
          : value.kind === Kind.INT
            ? Number(value.value)
            : undefined;
      if (typeof size === 'number') return Math.max(0, size);
    }
    return DEFAULT_PAGE_SIZE;
  }
}

function together(a: OperationCost, b: OperationCost): OperationCost {
  return { depth: Math.max(a.depth, b.depth), aliases: a.aliases + b.aliases, fields: a.fields + b.fields };
}
