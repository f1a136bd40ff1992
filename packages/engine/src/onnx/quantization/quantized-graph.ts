import type { OnnxAttribute, OnnxData, OnnxInitializer, OnnxModel, OnnxNode, OnnxType } from '../format/model.js';
import { type Affine, affineOf } from './affine.js';
import type { Range } from './quantization.js';

/** A tensor of 8 bits and what its numbers mean. */
export interface ByteTensor extends Affine {
  readonly name: string;
}

/** Collects the nodes of the 8-bit model, and the 8-bit forms of tensors. */
export class QuantizedGraph {
  private readonly nodes: OnnxNode[] = [];
  private readonly added: OnnxInitializer[] = [];
  private readonly bytes = new Map<string, ByteTensor>();
  /** Tensors whose float form is in the model. */
  private readonly floats = new Set<string>();

  /** @param rangeOf range of an activation of the float model */
  constructor(private readonly rangeOf: (tensor: string) => Range) {}

  /** Takes over a node as it is. */
  keep(node: OnnxNode): void {
    for (const input of node.inputs) this.asFloat(input);
    this.nodes.push(node);
    for (const output of node.outputs) this.floats.add(output);
  }

  emit(operator: string, inputs: readonly string[], output: string, options: EmitOptions = {}): void {
    const { attributes = {}, domain = '' } = options;
    this.nodes.push({ operator, domain, name: `${output}/${operator}`, inputs, outputs: [output], attributes });
  }

  /** Says that a tensor was made in float by an emitted node. */
  isFloat(tensor: string): void {
    this.floats.add(tensor);
  }

  affineOf(tensor: string): Affine {
    return affineOf(this.rangeOf(tensor));
  }

  /** Says that a tensor was made in 8 bits. @returns the name that it is to have there */
  isBytes(tensor: string, affine: Affine): ByteTensor {
    const form = { name: `${tensor}/int8`, ...affine };
    this.bytes.set(tensor, form);
    return form;
  }

  bytesIfMade(tensor: string): ByteTensor | undefined {
    return this.bytes.get(tensor);
  }

  /** The 8-bit form of a tensor, made if it is not there. */
  asBytes(tensor: string): ByteTensor {
    const known = this.bytes.get(tensor);
    if (known !== undefined) return known;
    const form = this.isBytes(tensor, this.affineOf(tensor));
    this.emit('QuantizeLinear', [tensor, this.scale(form), this.zero(form)], form.name);
    return form;
  }

  /** Makes the float form of a tensor that is in 8 bits only. */
  asFloat(tensor: string): void {
    const form = this.bytes.get(tensor);
    if (form === undefined || this.floats.has(tensor)) return;
    this.emit('DequantizeLinear', [form.name, this.scale(form), this.zero(form)], tensor);
    this.floats.add(tensor);
  }

  scale({ scale }: Affine): string {
    return this.table('float32', [], Float32Array.of(scale));
  }

  zero({ zero }: Affine): string {
    return this.table('uint8', [], Uint8Array.of(zero));
  }

  table(type: OnnxType, dims: readonly number[], data: OnnxData): string {
    const name = `int8/${this.added.length}`;
    this.added.push({ name, type, dims, data });
    return name;
  }

  finish(model: OnnxModel): OnnxModel {
    for (const { name } of model.outputs) this.asFloat(name);
    return { ...model, nodes: this.nodes, initializers: [...model.initializers, ...this.added] };
  }
}

interface EmitOptions {
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly domain?: string;
}
