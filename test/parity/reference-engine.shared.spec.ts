import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';

const shared = process.env.Q2L_SHARED;
const PARITY = fileURLToPath(new URL('../../dist/parity.js', import.meta.url));

/** Every option of the decoder on the smallest backbone: the engine computes operation by operation, in TypeScript. */
const SMALL = ['', '-enc0dec1', '-enc2dec3', '-prenorm', '-selfall', '-selffirst', '-selfother', '-gelu'];

/** The lines of `npm run parity`, in a process of its own: TensorFlow.js computes ten times as long inside Jest. */
async function linesOf(steps: number, variants: readonly string[]): Promise<readonly string[]> {
  const names = variants.map((variant) => `r18-64${variant}`);
  const options = ['--engine', 'reference', '--steps', String(steps), '--only', ...names];
  const { stdout } = await promisify(execFile)(process.execPath, [
    PARITY,
    join(shared ?? '', 'golden/public'),
    ...options,
  ]);
  return stdout.trimEnd().split('\n');
}

(shared === undefined ? describe.skip : describe)('the official numbers on the reference engine', () => {
  let forward: readonly string[];
  let training: readonly string[];
  beforeAll(async () => {
    [forward, training] = await Promise.all([linesOf(0, SMALL), linesOf(1, ['-enc0dec1'])]);
  }, 300_000);

  it('are met by forward pass, attention and losses of every option', () => {
    expect(forward).toHaveLength(SMALL.length + 1);
    for (const line of forward.slice(0, -1)) expect(line).toMatch(/: ok; .* logits .* attention .* loss gradients /);
    expect(forward.at(-1)).toBe('8 of 8 files within tolerance, 0 of 5 training steps compared');
  });

  it('are met by the gradients of a whole network and the first step of its training', () => {
    expect(training[0]).toMatch(/: ok; .* gradients .* gradient elements .* first step /);
  });
});
