/**
 * Makes a function that computes updates of state, as a text: threads run it as well as this one, and a file would have to be found from sources as well
 * as from what is built of them.
 *
 * A job holds the kernels of its updates (`wasm-kernel.ts`), the updates, and the arrays that they read and write, by name. Each update is
 * computed chunk by chunk, so that all its arrays then lie in the cache of a core.
 */
export const UPDATER = `(chunk) => {
  const [FLOAT_BYTES, LANES, PAGE_BYTES] = [4, 4, 65536];
  const memory = new WebAssembly.Memory({ initial: 1 });
  const kernels = new Map();
  let slots = [];

  function provideSlots(count) {
    if (slots.length >= count) return;
    const pages = Math.ceil((count * chunk * FLOAT_BYTES) / PAGE_BYTES);
    memory.grow(Math.max(0, pages - memory.buffer.byteLength / PAGE_BYTES));
    slots = Array.from({ length: count }, (_, slot) => new Float32Array(memory.buffer, slot * chunk * FLOAT_BYTES, chunk));
  }

  function compute({ kernel, size, numbers, reads, writes }) {
    provideSlots(reads.length + writes.length);
    const run = kernels.get(kernel);
    for (let start = 0; start < size; start += chunk) {
      const count = Math.min(chunk, size - start);
      reads.forEach((data, slot) => slots[slot].set(data.subarray(start, start + count)));
      run(Math.ceil(count / LANES) * LANES * FLOAT_BYTES, ...numbers);
      writes.forEach((data, index) => {
        const slot = slots[reads.length + index];
        data.set(count === chunk ? slot : slot.subarray(0, count), start);
      });
    }
  }

  return ({ given, updates, arrays }) => {
    for (const { id, bytes } of given) {
      if (kernels.has(id)) continue;
      kernels.set(id, new WebAssembly.Instance(new WebAssembly.Module(bytes), { host: { memory } }).exports.run);
    }
    const named = (names) => names.map((name) => arrays.get(name));
    for (const update of updates) compute({ ...update, reads: named(update.reads), writes: named(update.writes) });
  };
}`;

/** What a thread runs. The answer to a job are its arrays, which move to and fro. */
export const UPDATE_THREAD = `
  const { parentPort, workerData: { chunk } } = require('node:worker_threads');
  const update = (${UPDATER})(chunk);
  parentPort.on('message', (job) => {
    update(job);
    parentPort.postMessage(job.arrays, [...new Set([...job.arrays.values()].map(({ buffer }) => buffer))]);
  });
`;
