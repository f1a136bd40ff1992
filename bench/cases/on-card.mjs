import { checkEquality } from '../harness/equality.mjs';
import { chooseFaster, startTorchOnCard } from '../peers/torch-on-card.mjs';
import { startRaw } from '../peers/raw.mjs';
import { startOurs } from './ours.mjs';

const CHECKED_RUNS = 3;

/**
 * Starts the contenders of a case on a graphics card, all at once, and checks that ours computes there what it computes on the CPU: logits of
 * the first run, and losses of three steps of training, with the same dropout, whose draws are the same bits everywhere.
 * @param name of the model
 * @param setting without a device
 * @param beside anything else that may be done meanwhile
 * @returns warm contenders, ours first
 */
export async function startOnCard(name, setting, tools, beside = () => undefined) {
  const { device, peers } = tools.card;
  const there = { ...setting, device };
  const hasPeers = tools.python !== undefined;
  const hasRaw = hasPeers && setting.kind === 'prediction' && peers.includes('raw');
  const [ours, onCpu, torch, raw] = await Promise.all([
    tools.keep(startOurs(there)),
    tools.keep(startOurs({ ...setting, waiting: 'sleep' }, 'ours on the CPU')),
    hasPeers ? startTorchOnCard(there, tools) : [],
    hasRaw ? tools.keep(startRaw(name, there, tools)) : undefined,
    beside(),
  ]);
  const [expected, received] = [await onCpu.ask('check', CHECKED_RUNS), await ours.ask('check', CHECKED_RUNS)];
  await onCpu.stop();
  tools.equality(checkEquality('ours on the card', expected, received), 'ours on the CPU');
  return [ours, ...(await chooseFaster(torch)), ...(raw === undefined ? [] : [raw])];
}
