import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { InvalidInputError } from '../errors/index.js';
import { openSafetensors, type OpenSafetensors, SafetensorsError } from '../safetensors/index.js';
import { openTorchFile, TorchFileError } from '../torch-file/index.js';
import { findStateDict } from './state-dict.js';
import type { WeightFile } from './weight-file.js';

export interface OpenWeightFileOptions {
  /** Name of the file for people; default its own. */
  readonly name?: string;
  /** Which entry of a checkpoint holds the parameters; by default the usual names are tried. */
  readonly entry?: string;
}

/**
 * Opens a file of named tensors, safetensors or PyTorch (told apart by their first bytes), without reading the tensors.
 * @throws InvalidInputError if it is damaged, of another format, or asks for something that would have to be executed
 */
export async function openWeightFile(path: string, options: OpenWeightFileOptions = {}): Promise<WeightFile> {
  const name = options.name ?? basename(path);
  try {
    return await (looksLikeSafetensors(await firstBytes(path))
      ? openAsSafetensors(path, name, options.entry)
      : openAsTorch(path, name, options.entry));
  } catch (error) {
    throw unreadable(error, name);
  }
}

const HEADER_START = 8;

async function firstBytes(path: string): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(HEADER_START + 1), 0, HEADER_START + 1, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Eight bytes of length, then a JSON object; PyTorch's formats begin with `PK` or the pickle of a number. */
function looksLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes[HEADER_START] === 0x7b && !(bytes[0] === 0x50 && bytes[1] === 0x4b) && bytes[0] !== 0x80;
}

async function openAsSafetensors(path: string, name: string, entry?: string): Promise<WeightFile> {
  if (entry !== undefined) {
    throw InvalidInputError.field(
      'entry',
      `received "${entry}", but ${name} is a safetensors file, which has no entries`,
    );
  }
  const file = await openSafetensors(path, name);
  const tensors = file.entries.map((header) => ({
    name: header.name,
    shape: header.shape,
    elementType: header.elementType,
    read: async () => asFloat32(await file.read(header)),
  }));
  return { name, format: 'safetensors', entry: '', tensors, metadata: file.metadata, close: () => file.close() };
}

function asFloat32(value: Awaited<ReturnType<OpenSafetensors['read']>>): Float32Array {
  if (!('dtype' in value)) return Float32Array.from<number | bigint>(value.data, Number);
  return value.data instanceof Float32Array ? value.data : Float32Array.from(value.data);
}

async function openAsTorch(path: string, name: string, wanted?: string): Promise<WeightFile> {
  const { value, format, close } = await openTorchFile(path, name);
  try {
    const { entry, tensors } = findStateDict(value, name, wanted);
    const stored = [...tensors].map(([key, tensor]) => ({
      name: key,
      shape: tensor.shape,
      elementType: tensor.dtype,
      read: () => tensor.readFloat32(),
    }));
    return { name, format: `PyTorch ${format}`, entry, tensors: stored, metadata: new Map(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

const HELP = {
  damaged: 'Compare its size and checksum with where it came from, and fetch it again.',
  refused: 'Save only the state dict (torch.save(model.state_dict(), ...)) or a safetensors file.',
  unsupported: 'Save it anew with torch.save of a current PyTorch, or as safetensors.',
  'too-large': 'Save only the state dict, or a safetensors file.',
} as const;

/** What is wrong with the file as an error of the input; others pass. Also for errors while tensors are read. */
export function unreadable(error: unknown, name: string): unknown {
  if (error instanceof TorchFileError) {
    const fault = `${name}: ${error.fault === 'refused' ? 'refused, nothing of it was executed: ' : ''}${error.reason}`;
    return InvalidInputError.field('file', fault, HELP[error.fault]);
  }
  if (error instanceof SafetensorsError)
    return InvalidInputError.field('file', `${name}: ${error.fault}`, HELP.damaged);
  return error;
}
