import type { OnnxModel, OnnxNode } from './format/model.js';

/** Outputs that a shader can write beside its input, on adapters with the least storage buffers that WebGPU allows (8). */
const MOST_OUTPUTS = 7;

/**
 * Names of the nodes that onnxruntime's WebGPU provider (1.30) claims, and then refuses or computes wrongly: they run on the CPU.
 * Nodes that it has no kernel for go there by themselves.
 */
export function hostNodesOnWebGpu({ nodes, initializers }: OnnxModel): readonly string[] {
  const turned = new Set(
    initializers
      .filter(({ data }) => data instanceof BigInt64Array && data.some((step) => step < 0n))
      .map(({ name }) => name),
  );
  return nodes.filter((node) => isFaulty(node, turned)).map(({ name }) => name);
}

/** @param turned names of lists that hold a negative number */
function isFaulty({ operator, inputs, outputs, attributes }: OnnxNode, turned: ReadonlySet<string>): boolean {
  switch (operator) {
    // Refuses to give the positions of the largest elements.
    case 'MaxPool':
      return outputs.length > 1;
    // Each part needs a buffer of its own.
    case 'Split':
      return outputs.length > MOST_OUTPUTS;
    // Wrong numbers where a group has several channels.
    case 'ConvTranspose':
      return Number(attributes.group ?? 1) > 1;
    // Wrong numbers with negative steps.
    case 'Slice':
      return turned.has(inputs[4] ?? '');
    default:
      return false;
  }
}
