/** 32-bit FNV-1a over the UTF-8 bytes of a text. */
export function fnv1a(text: string): number {
  return (
    new TextEncoder().encode(text).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5 | 0) >>> 0
  );
}

/** Element `index` of the sequence with the given seed, in `[-1, 1)`. */
export function unit(seed: number, index: number): number {
  let hash = (seed + Math.imul(index, 0x9e3779b9)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 31 - 1;
}

/** Offset and scale of a weight by its name and shape. */
function distribution(name: string, shape: readonly number[], names: ReadonlySet<string>): readonly [number, number] {
  const leaf = name.slice(name.lastIndexOf('.') + 1);
  const fanIn = shape.slice(1).reduce((product, extent) => product * extent, 1);
  if (leaf === 'running_mean') return [0, 0.1];
  if (leaf === 'running_var') return [1, 0.5];
  if (name === 'query_embed.weight') return [0, 1];
  if (name === 'fc.W') return [0, Math.sqrt(3 / (shape[2] ?? 1))];
  if (name === 'fc.b') return [0, 0.1];
  if (shape.length === 4) return [0, Math.sqrt(6 / fanIn)];
  if (shape.length > 1) return [0, Math.sqrt(3 / fanIn)];
  if (leaf === 'bias' || leaf === 'in_proj_bias') return [0, 0.1];
  return names.has(name.replace(/weight$/, 'running_mean')) ? [0.65, 0.35] : [0.75, 0.25];
}

/** The value that the reference numbers give a parameter. */
export function goldenWeight(name: string, shape: readonly number[], names: ReadonlySet<string>): Float32Array {
  const [offset, scale] = distribution(name, shape, names);
  const seed = fnv1a(name);
  const size = shape.reduce((product, extent) => product * extent, 1);
  return Float32Array.from({ length: size }, (_, index) => offset + unit(seed, index) * scale);
}

/** The pictures of a configuration, already normalised, `[batch, size, size, 3]`. */
export function goldenImages(name: string, batch: number, size: number): Float32Array {
  const octaves = [
    [32, 2],
    [8, 1],
    [1, 0.5],
  ].map(([cell, amplitude]) => ({
    cell,
    amplitude,
    cells: Math.ceil(size / cell),
    seed: fnv1a(`image:${name}:${cell}`),
  }));
  return Float32Array.from({ length: batch * size * size * 3 }, (_, index) => {
    const channel = index % 3;
    const x = Math.floor(index / 3) % size;
    const y = Math.floor(index / (3 * size)) % size;
    const image = Math.floor(index / (3 * size * size));
    return octaves.reduce((value, { cell, amplitude, cells, seed }) => {
      const row = (image * 3 + channel) * cells + Math.floor(y / cell);
      return value + amplitude * unit(seed, row * cells + Math.floor(x / cell));
    }, 0);
  });
}
