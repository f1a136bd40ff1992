import type { OnnxAttribute, OnnxInitializer, OnnxModel, OnnxNode, OnnxPort } from '../format/model.js';
import { BatchNumbers } from './batch-numbers.js';
import type { BatchSource } from './batch-numbers.js';
import { followBatch, sameTable } from './follow-batch.js';
import type { BatchTable } from './follow-batch.js';

/** A model lowered for one batch size. */
export interface SizedModel {
  readonly batch: number;
  readonly model: OnnxModel;
}

/** Why models of several batch sizes are not one model: the operator at which they part. */
export class UnlikeModels extends Error {}

/**
 * Joins models of one program lowered for several batch sizes into one that takes any. They must be alike node by node;
 * numbers in which they differ must be whole multiples of the batch size plus a whole number, at every one of the sizes.
 * @param ports inputs and outputs of the joined model, in the order of the models' own
 * @throws UnlikeModels saying where they differ
 */
export function joinModels(
  models: readonly [SizedModel, ...SizedModel[]],
  ports: { readonly inputs: readonly OnnxPort[]; readonly outputs: readonly OnnxPort[] },
  source: BatchSource,
): OnnxModel {
  return new ModelJoin(models, source).join(ports);
}

class ModelJoin {
  private readonly numbers: BatchNumbers;
  private readonly tables: readonly ReadonlyMap<string, OnnxInitializer>[];
  /** For each model: the joined model's name of a tensor that is an input or computed. */
  private readonly names: readonly Map<string, string>[];
  private readonly used = new Set<string>();
  private readonly joined = new Map<string, string | BatchTable>();

  constructor(
    private readonly models: readonly [SizedModel, ...SizedModel[]],
    source: BatchSource,
  ) {
    this.numbers = new BatchNumbers(source);
    this.tables = models.map(({ model }) => new Map(model.initializers.map((table) => [table.name, table])));
    this.names = models.map(() => new Map());
  }

  join(ports: { readonly inputs: readonly OnnxPort[]; readonly outputs: readonly OnnxPort[] }): OnnxModel {
    const [{ model: first }] = this.models;
    if (this.models.some(({ model }) => model.nodes.length !== first.nodes.length)) this.failCount();
    this.models.forEach(({ model }, index) => {
      for (const { name } of model.inputs) this.names[index]?.set(name, name);
    });
    const nodes = first.nodes.map((node, position) => this.node(node, position));
    const { initializers } = first;
    return {
      nodes: [...this.numbers.nodes, ...nodes],
      initializers: [...initializers.filter(({ name }) => this.used.has(name)), ...this.numbers.initializers],
      ...ports,
    };
  }

  private node(first: OnnxNode, position: number): OnnxNode {
    const nodes = this.models.map(({ model }) => model.nodes[position] ?? first);
    for (const node of nodes) {
      const alike =
        node.operator === first.operator &&
        node.domain === first.domain &&
        node.inputs.length === first.inputs.length &&
        node.outputs.length === first.outputs.length;
      if (!alike) throw new UnlikeModels(`${first.name} becomes ${node.name}`);
      const attribute = Object.keys({ ...first.attributes, ...node.attributes }).find(
        (name) => !sameAttribute(first.attributes[name], node.attributes[name]),
      );
      if (attribute !== undefined) throw new UnlikeModels(`the attribute ${attribute} of ${first.name} differs`);
    }
    const inputs = first.inputs.map((_, input) =>
      this.input(
        first,
        nodes.map((node) => node.inputs[input] ?? ''),
        input,
      ),
    );
    nodes.forEach((node, index) => {
      node.outputs.forEach((output, place) => this.names[index]?.set(output, first.outputs[place] ?? ''));
    });
    return { ...first, inputs };
  }

  /** The joined model's tensor for one input of a node, given its name in each model. */
  private input(node: OnnxNode, names: readonly string[], input: number): string {
    const [first = ''] = names;
    if (names.every((name) => name === '')) return '';
    const tables = names.map((name, index) => this.tables[index]?.get(name));
    if (tables.every((table) => table === undefined)) {
      const agreed = names.every((name, index) => this.names[index]?.get(name) === first);
      if (!agreed) throw new UnlikeModels(`the input ${input} of ${node.name} comes from elsewhere`);
      return first;
    }
    const found = this.table(names, tables);
    if (found === undefined) throw new UnlikeModels(`the table at input ${input} of ${node.name} follows no rule`);
    if (typeof found !== 'string') return this.numbersFor(node, input, found);
    this.used.add(found);
    return found;
  }

  /** A table of the first model that all share, or the rule of one that follows the batch. */
  private table(
    names: readonly string[],
    tables: readonly (OnnxInitializer | undefined)[],
  ): string | BatchTable | undefined {
    const key = names.join('\n');
    const known = this.joined.get(key);
    if (known !== undefined) return known;
    const present = tables.flatMap((table) => table ?? []);
    const [first] = present;
    if (first === undefined || present.length !== tables.length) return undefined;
    const result = present.every((table) => sameTable(first, table))
      ? first.name
      : followBatch(
          present,
          this.models.map(({ batch }) => batch),
        );
    if (result !== undefined) this.joined.set(key, result);
    return result;
  }

  /** A reshape can leave one length to be worked out; everything else is computed. */
  private numbersFor(node: OnnxNode, input: number, table: BatchTable): string {
    const { slope, offset } = table;
    const following = slope.filter((factor) => factor !== 0).length;
    const plain = slope.every((factor, index) => (factor === 0 ? (offset[index] ?? 0) > 0 : offset[index] === 0));
    if (node.operator === 'Reshape' && input === 1 && following === 1 && plain) {
      return this.numbers.list(slope.map((factor, index) => (factor === 0 ? (offset[index] ?? 0) : -1)));
    }
    return this.numbers.tensorOf(table);
  }

  private failCount(): never {
    const counts = this.models.map(({ model, batch }) => `${model.nodes.length} at ${batch}`).join(', ');
    const [{ model: first }] = this.models;
    const position = first.nodes.findIndex(({ operator }, index) =>
      this.models.some(({ model }) => model.nodes[index]?.operator !== operator),
    );
    const where = first.nodes[position]?.name ?? first.nodes.at(-1)?.name ?? 'the beginning';
    throw new UnlikeModels(`the number of operators differs (${counts}), first at ${where}`);
  }
}

function sameAttribute(a: OnnxAttribute | undefined, b: OnnxAttribute | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
