import { describe, expect, it, jest } from '@jest/globals';
import type { Command } from 'commander';
import { EXIT_CODES } from './exit-codes.js';
import { createProgram, runProgram } from './program.js';

/** A port on which nothing listens. */
const NOWHERE = 'http://127.0.0.1:9';

function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

async function run(...arguments_: string[]): Promise<{ exitCode: number; output: string; errors: string }> {
  let output = '';
  let errors = '';
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((output += String(text))));
  const complain = jest.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((errors += String(text))));
  try {
    return { exitCode: await runProgram(arguments_), output, errors };
  } finally {
    write.mockRestore();
    complain.mockRestore();
  }
}

describe('q2l', () => {
  it.each(leaves(createProgram()).map((command) => [command.name(), command] as const))(
    '%s has a description and an example',
    (_name, command) => {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect(command.description()).not.toBe('');
      expect(help).toMatch(/Examples?:\n {2}\$ .*q2l /);
    },
  );

  it.each([[['rnus']], [['predict', 'photo.jpg']], [['runs', 'list', '--status', 'sleeping']]])(
    'answers the wrong command line %p with its own exit code',
    async (arguments_) => {
      const { exitCode } = await run(...arguments_);
      expect(exitCode).toBe(EXIT_CODES.usage);
    },
  );

  it.each(
    [
      ['datasets', 'import', 'scenes', 'scenes'],
      ['datasets', 'list'],
      ['datasets', 'show', 'scenes'],
      ['pipelines', 'create', 'tiny', 'package.json'],
      ['pipelines', 'list'],
      ['pipelines', 'show', 'tiny'],
      ['train', 'tiny', 'scenes'],
      ...['show', 'watch', 'pause', 'resume', 'cancel'].map((name) => ['runs', name, 'some']),
      ['runs', 'list'],
      ['checkpoints', 'list'],
      ['checkpoints', 'promote', 'some', 'production'],
      ['checkpoints', 'export', 'some', '--output', 'some.safetensors'],
      ['checkpoints', 'delete', 'some'],
      ['predict', '--checkpoint', 'some', 'package.json'],
      ['evaluate', 'some', 'scenes'],
      ['plugins', 'list'],
      ['plugins', 'show', 'resnet'],
    ].map((arguments_) => [arguments_.join(' '), arguments_] as const),
  )('tells that no server answers: %s', async (_line, arguments_) => {
    const { exitCode, errors } = await run('--server', NOWHERE, ...arguments_);
    expect(exitCode).toBe(EXIT_CODES.unreachable);
    expect(errors).toContain(`No Query2Label server answers at ${NOWHERE}`);
  });

  it('succeeds in showing help', async () => {
    expect((await run('--help')).exitCode).toBe(EXIT_CODES.success);
  });
});
