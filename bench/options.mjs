import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

const USAGE = `usage: npm run bench [-- OPTIONS]
  --only NAME      cases whose name starts so, for example prediction or training-r18; may be given more than once
  --json FILE      writes everything that was measured
  --threads N      threads of every contender; default: all cores
  --repeats N      alternating repeats; default: 9 for predictions, 5 for training steps
  --device NAME    cpu (default), webgpu or cuda: what ours computes on. With webgpu or cuda, PyTorch computes on its device cuda, which
                   must be the same card, and only predictions and training steps in float32 are measured
  --peers NAME     with a card: eager, compile, tf32 (eager, products in TF32) or raw (the exported model on onnxruntime, on the same
                   device as ours); may be given more than once; default: all`;

const DEVICES = ['cpu', 'webgpu', 'cuda'];
const PEERS = ['eager', 'compile', 'tf32', 'raw'];

/** @throws Error that says what was expected */
export function readOptions(given, cases) {
  const { values } = parseArgs({
    args: given,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
      threads: { type: 'string', default: String(availableParallelism()) },
      repeats: { type: 'string' },
      device: { type: 'string', default: 'cpu' },
      peers: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { help: USAGE };
  const unknown = values.only.find((prefix) => !cases.some(({ name }) => name.startsWith(prefix)));
  if (unknown !== undefined) {
    throw new Error(`--only: no case starts with "${unknown}"; there are ${cases.map(({ name }) => name).join(', ')}`);
  }
  const device = oneOf('--device', DEVICES, values.device);
  const peers = values.peers.map((name) => oneOf('--peers', PEERS, name));
  if (device === 'cpu' && peers.length > 0) throw new Error('--peers chooses among the peers of a card: give --device');
  const asked = cases.filter(
    ({ name }) => values.only.length === 0 || values.only.some((prefix) => name.startsWith(prefix)),
  );
  const chosen = device === 'cpu' ? asked : asked.filter(({ onCard }) => onCard);
  if (chosen.length === 0) {
    throw new Error(
      `--only: these cases are measured on the CPU only; on ${device} there are ` +
        cases.flatMap(({ name, onCard }) => (onCard ? [name] : [])).join(', '),
    );
  }
  return {
    cases: chosen,
    card: device === 'cpu' ? undefined : { device, peers: peers.length === 0 ? PEERS : peers },
    json: values.json,
    threads: wholeNumber('--threads', values.threads),
    repeats: values.repeats === undefined ? undefined : wholeNumber('--repeats', values.repeats),
  };
}

function oneOf(option, known, name) {
  if (known.includes(name)) return name;
  throw new Error(`${option} takes ${known.join(', ')}; it received "${name}"`);
}

function wholeNumber(option, text) {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${option} takes a whole number from 1; it received "${text}"`);
}
