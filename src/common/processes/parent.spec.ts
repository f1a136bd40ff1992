import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const CHILD = fileURLToPath(new URL('../../../test/support/processes/outlive-parent.js', import.meta.url));

describe('whenParentIsGone', () => {
  it.each([
    ['before it listens', 400],
    ['after it listens', 0],
  ])('tells a process whose parent goes away %s', async (_when, milliseconds) => {
    const child = fork(CHILD, [String(milliseconds)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    const ended = once(child, 'exit');
    if (child.stdout === null) throw new Error('The child has no output.');
    await once(child.stdout, 'data');
    child.disconnect();
    expect(await ended).toEqual([7, null]);
  });
});
