import { EngineError } from '../../errors.js';
import { ONNX_TYPES } from './model.js';
import type { OnnxAttribute, OnnxInitializer, OnnxModel, OnnxNode, OnnxPort } from './model.js';
import { ProtobufWriter } from './protobuf-writer.js';

/** IR version and operator sets that the lowering is written for. */
const IR_VERSION = 10;
const OPERATOR_SETS = [
  { domain: '', version: 20 },
  { domain: 'com.microsoft', version: 1 },
];

/** Protocol buffers cannot be longer than this. */
export const LARGEST_MODEL_BYTES = 2 ** 31 - 1;

/**
 * Serializes a model; field numbers are those of onnx.proto.
 * @throws EngineError if the model would exceed the 2 GiB that the format allows
 */
export function writeModel(model: OnnxModel, name: string): Uint8Array {
  const writer = new ProtobufWriter()
    .integer(1, IR_VERSION)
    .text(2, 'query2label')
    .message(7, graphMessage(model, name));
  for (const { domain, version } of OPERATOR_SETS) {
    writer.message(8, new ProtobufWriter().text(1, domain).integer(2, version));
  }
  if (writer.byteLength > LARGEST_MODEL_BYTES) {
    throw new EngineError(
      `Program "${name}" with its constants takes ${writer.byteLength} bytes as an ONNX model; the format allows 2 GiB. ` +
        `Declare large constants as state, which stays outside the model.`,
    );
  }
  return writer.finish();
}

function graphMessage(model: OnnxModel, name: string): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const node of model.nodes) writer.message(1, nodeMessage(node));
  writer.text(2, name);
  for (const initializer of model.initializers) writer.message(5, tensorMessage(initializer));
  for (const port of model.inputs) writer.message(11, portMessage(port));
  for (const port of model.outputs) writer.message(12, portMessage(port));
  return writer;
}

function nodeMessage(node: OnnxNode): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const input of node.inputs) writer.text(1, input);
  for (const output of node.outputs) writer.text(2, output);
  writer.text(3, node.name).text(4, node.operator);
  for (const [name, value] of Object.entries(node.attributes)) writer.message(5, attributeMessage(name, value));
  return node.domain === '' ? writer : writer.text(7, node.domain);
}

function attributeMessage(name: string, value: OnnxAttribute): ProtobufWriter {
  const writer = new ProtobufWriter().text(1, name);
  if (typeof value === 'number') return writer.integer(3, value).integer(20, 2);
  if (typeof value === 'string') return writer.text(4, value).integer(20, 3);
  if ('float' in value) return writer.float(2, value.float).integer(20, 1);
  for (const element of value) writer.integer(8, element);
  return writer.integer(20, 7);
}

function tensorMessage({ name, type, dims, data }: OnnxInitializer): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const extent of dims) writer.integer(1, extent);
  return writer
    .integer(2, ONNX_TYPES[type])
    .text(8, name)
    .bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function portMessage({ name, type, dims }: OnnxPort): ProtobufWriter {
  const shape = new ProtobufWriter();
  for (const extent of dims) {
    const dimension = new ProtobufWriter();
    shape.message(1, typeof extent === 'number' ? dimension.integer(1, extent) : dimension.text(2, extent));
  }
  const tensor = new ProtobufWriter().integer(1, ONNX_TYPES[type]).message(2, shape);
  return new ProtobufWriter().text(1, name).message(2, new ProtobufWriter().message(1, tensor));
}
