import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { Terminal } from '../terminal/terminal.js';
import { showLearning } from './show-learning.js';

const point = (epoch: number, weights: string, name: string, value: number | null) => ({
  ...{ epoch, weights, name, value },
  split: weights === 'training' ? 'train' : 'validation',
});

const epoch = (index: number) => [
  point(index, 'training', 'loss', 4 / (index + 1)),
  point(index, 'training', 'learning-rate', 0.001),
  point(index, 'training', 'images-per-second', 120.4),
  ...(index % 2 === 0 ? [] : [point(index, 'raw', 'asl', index / 100)]),
  point(index, 'raw', 'sklearn', 1),
];

function shown(points: Parameters<typeof showLearning>[1], json = false): readonly string[] {
  const stream = new PassThrough();
  showLearning(new Terminal({ output: stream, json }), points, 'asl');
  return String(stream.read() ?? '').split('\n');
}

describe('showLearning', () => {
  it('tells each epoch in a row, with a dash for what was not measured, then draws loss and the deciding metric', () => {
    const lines = shown([0, 1, 2, 3].flatMap(epoch));
    expect(lines[1].trimEnd()).toBe('epoch  loss    learning rate  images/s  asl, raw  asl, averaged');
    expect(lines[2].trimEnd()).toBe('1      4.0000  1.00e-3        120       -         -');
    expect(lines[5].trimEnd()).toBe('4      1.0000  1.00e-3        120       0.0300    -');
    expect(lines.filter((line) => ['loss', 'asl, raw', 'asl, averaged'].includes(line))).toEqual(['loss', 'asl, raw']);
  });

  it('of a long run shows evenly spaced epochs, and the last', () => {
    const lines = shown(Array.from({ length: 50 }, (_, index) => epoch(index)).flat());
    const shownEpochs = lines.filter((line) => /^\d+ .*e-3/.test(line)).map((line) => Number.parseInt(line, 10));
    expect(shownEpochs).toEqual(Array.from({ length: 17 }, (_, row) => 2 + 3 * row));
  });

  it('shows nothing before the first epoch has ended, nor to programs', () => {
    expect(shown([])).toEqual(['']);
    expect(shown(epoch(0), true)).toEqual(['']);
  });
});
