import { EngineError } from '../../errors.js';
import { ONNX_TYPES } from './model.js';
import type { OnnxAttribute, OnnxData, OnnxInitializer, OnnxListPort, OnnxModel, OnnxNode, OnnxPort } from './model.js';
import { ProtobufWriter } from './protobuf-writer.js';

/** IR version and operator sets that the lowering is written for. */
const IR_VERSION = 10;
const OPERATOR_SETS = [
  { domain: '', version: 20 },
  { domain: 'com.microsoft', version: 1 },
  { domain: 'com.microsoft.nchwc', version: 1 },
];

/** Tensors from this size on lie outside the model. */
const EXTERNAL_BYTES = 4096;

/** Protocol buffers cannot be longer than this. */
export const LARGEST_MODEL_BYTES = 2 ** 31 - 1;

/** A tensor's bytes that a model names by `path` and does not hold. */
export interface ExternalTensor {
  readonly path: string;
  /** The bytes of `source`. */
  readonly data: Uint8Array;
  readonly source: OnnxData;
}

export interface SerializedModel {
  /** An ONNX file without its large tensors. */
  readonly bytes: Uint8Array;
  /** The large tensors, by the names under which the file refers to them; views of the arrays given, not copies. */
  readonly external: readonly ExternalTensor[];
}

export interface WriteOptions {
  /** Keeps large tensors in the file: one file is the whole model, as long as it has no more than 2 GiB. Default false. */
  readonly whole?: boolean;
  /** Words about the model for whoever reads the file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Serializes a model; field numbers are those of onnx.proto. Large tensors stay outside: the format allows files of 2 GiB,
 * and weights need not be copied.
 */
export function writeModel(model: OnnxModel, name: string, options: WriteOptions = {}): SerializedModel {
  const { whole = false, metadata = {} } = options;
  const external: ExternalTensor[] = [];
  const writer = new ProtobufWriter()
    .integer(1, IR_VERSION)
    .text(2, 'query2label')
    .message(7, graphMessage(model, name, whole ? undefined : external));
  const domains = new Set(['', ...model.nodes.map(({ domain }) => domain)]);
  for (const { domain, version } of OPERATOR_SETS) {
    if (domains.has(domain)) writer.message(8, new ProtobufWriter().text(1, domain).integer(2, version));
  }
  for (const [key, value] of Object.entries(metadata)) {
    writer.message(14, new ProtobufWriter().text(1, key).text(2, value));
  }
  if (writer.byteLength > LARGEST_MODEL_BYTES) {
    throw new EngineError(
      `Program "${name}" takes ${writer.byteLength} bytes as an ONNX file; the format allows ${LARGEST_MODEL_BYTES}. ` +
        'Write fewer or smaller constants, or keep them as safetensors beside it.',
    );
  }
  return { bytes: writer.finish(), external };
}

function graphMessage(model: OnnxModel, name: string, external: ExternalTensor[] | undefined): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const node of model.nodes) writer.message(1, nodeMessage(node));
  writer.text(2, name);
  for (const initializer of model.initializers) writer.message(5, tensorMessage(initializer, external));
  for (const port of model.inputs) writer.message(11, portMessage(port));
  for (const port of model.lists ?? []) writer.message(12, listMessage(port));
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

function tensorMessage(
  { name, type, dims, data }: OnnxInitializer,
  external: ExternalTensor[] | undefined,
): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const extent of dims) writer.integer(1, extent);
  writer.integer(2, ONNX_TYPES[type]).text(8, name);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (external === undefined || bytes.byteLength < EXTERNAL_BYTES) return writer.bytes(9, bytes);
  const path = `tensor-${external.length}`;
  external.push({ path, data: bytes, source: data });
  const entries = { location: path, offset: '0', length: String(bytes.byteLength) };
  for (const [key, value] of Object.entries(entries)) {
    writer.message(13, new ProtobufWriter().text(1, key).text(2, value));
  }
  return writer.integer(14, 1);
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

function listMessage({ name, elements }: OnnxListPort): ProtobufWriter {
  const tensor = new ProtobufWriter().message(1, new ProtobufWriter().integer(1, ONNX_TYPES[elements]));
  const list = new ProtobufWriter().message(4, new ProtobufWriter().message(1, tensor));
  return new ProtobufWriter().text(1, name).message(2, list);
}
