// A thread that looks at the resident memory of the process every few milliseconds, until it is told to stop.
// workerData: { stop: Int32Array on shared memory, everyMilliseconds }; posts [[performance time in ms since the epoch, bytes], ...]
import { parentPort, workerData } from 'node:worker_threads';
import { residentBytes } from './process-memory.mjs';

const { stop, everyMilliseconds } = workerData;
const samples = [];
parentPort.postMessage('started');
do samples.push([performance.timeOrigin + performance.now(), residentBytes()]);
while (Atomics.wait(stop, 0, 0, everyMilliseconds) === 'timed-out');
parentPort.postMessage(samples);
