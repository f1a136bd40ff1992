import { ONNX_TYPES } from '../format/model.js';
import type { OnnxInitializer, OnnxNode } from '../format/model.js';
import type { BatchTable } from './follow-batch.js';

/** Where a model reads the batch size from: an axis of an input. */
export interface BatchSource {
  readonly tensor: string;
  readonly axis: number;
}

/** Emits the nodes that compute lists of lengths from the batch size, each list once. */
export class BatchNumbers {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxInitializer[] = [];
  private readonly known = new Map<string, string>();

  constructor(private readonly source: BatchSource) {}

  /** The name of a tensor with the numbers of a table. */
  tensorOf(table: BatchTable): string {
    return this.once(`numbers ${JSON.stringify(table)}`, (name) => {
      const size = this.batchSize();
      const scaled = table.slope.every((slope) => slope === 1)
        ? size
        : this.node('Mul', [size, this.list(table.slope)]);
      const shifted = table.offset.every((offset) => offset === 0)
        ? scaled
        : this.node('Add', [scaled, this.list(table.offset)]);
      const ranked = table.dims.length === 0 ? this.node('Reshape', [shifted, this.list([])]) : shifted;
      this.push('Cast', name, [ranked], { to: ONNX_TYPES[table.type] });
    });
  }

  /** A list of whole numbers, int64. */
  list(values: readonly number[]): string {
    return this.once(`list ${values.join(',')}`, (name) => {
      this.initializers.push({ name, type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) });
    });
  }

  /** `[batch]`, int64. */
  private batchSize(): string {
    return this.once('size', (name) => {
      const { tensor, axis } = this.source;
      this.push('Shape', name, [tensor], { start: axis, end: axis + 1 });
    });
  }

  private node(operator: string, inputs: readonly string[]): string {
    return this.once(`${operator} ${inputs.join(' ')}`, (name) => this.push(operator, name, inputs, {}));
  }

  private push(operator: string, name: string, inputs: readonly string[], attributes: OnnxNode['attributes']): void {
    this.nodes.push({ operator, domain: '', name, inputs, outputs: [name], attributes });
  }

  private once(key: string, make: (name: string) => void): string {
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const name = `batch/${this.known.size}`;
    this.known.set(key, name);
    make(name);
    return name;
  }
}
