import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { formatBytes, formatDuration } from './format.js';
import { showProgress } from './progress.js';
import { Terminal } from './terminal.js';

function recorder() {
  const stream = new PassThrough();
  return { stream, text: () => String(stream.read() ?? '') };
}

describe('Terminal', () => {
  it('writes tables in columns without a frame', () => {
    const output = recorder();
    new Terminal({ output: output.stream }).table(
      ['name', 'images'],
      [
        ['scenes', 2400],
        ['photos', 12],
      ],
    );
    expect(output.text()).toBe('name    images\nscenes  2400  \nphotos  12    \n');
  });

  it('writes JSON and nothing else to standard output when asked to', () => {
    const output = recorder();
    const errors = recorder();
    const terminal = new Terminal({ json: true, output: output.stream, errors: errors.stream });
    terminal.line('text');
    terminal.note('note');
    terminal.table(['name'], [['row']]);
    terminal.record({ name: 'value' });
    terminal.document({ answer: 42 });
    expect(output.text()).toBe('{"answer":42}\n');
    expect(errors.text()).toBe('');
  });

  it('uses no colours where standard output is not a terminal', () => {
    const output = recorder();
    const terminal = new Terminal({ output: output.stream });
    terminal.line(terminal.style.green('done'));
    expect(output.text()).toBe('done\n');
  });
});

describe('progress', () => {
  it('is told in plain lines where there is no terminal: the first, the last, and few between', () => {
    const errors = recorder();
    const progress = showProgress(new Terminal({ output: errors.stream, errors: errors.stream }), 'pictures');
    for (let done = 1; done <= 50; done += 1) progress.update(done, 50, 'of the set');
    progress.finish();
    expect(errors.text()).toBe('pictures 1/50 of the set\npictures 50/50 of the set\n');
  });
});

describe('formats', () => {
  it.each([
    [0.123, '0.1 s'],
    [59.4, '59 s'],
    [185, '3 min 05 s'],
    [7620, '2 h 07 min'],
    [Number.NaN, '?'],
  ])('%p seconds as %p', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it.each([
    [0, '0 bytes'],
    [1234, '1.23 kB'],
    [20_971_520, '21.0 MB'],
  ])('%p bytes as %p', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});
