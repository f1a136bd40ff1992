import { resolve } from 'node:path';
import { ENGINE_NAMES } from '@query2label/engine';
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { REFERENCE_STEPS } from './compare-training.js';

const optionsSchema = z.object({
  only: z.array(z.string()).default([]),
  engine: z.enum(ENGINE_NAMES).default('onnxruntime'),
  steps: z.int().default(REFERENCE_STEPS),
  json: z.string().optional(),
});

/** What the command line of `npm run parity` asks for; paths are absolute. */
export type ParityOptions = z.infer<typeof optionsSchema> & { readonly folder: string };

function stepCount(text: string): number {
  if (/^[0-5]$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number, 0 to 5.');
}

/** Reads the command line. It ends the process with help or with a usage error. */
export function readParityOptions(arguments_: readonly string[]): ParityOptions {
  const command = new Command('npm run parity --')
    .description("Compare the models here with the official PyTorch code's numbers, file by file.")
    .argument('<folder>', 'folder of configuration files in the format q2l-golden-1')
    .option('--only <name...>', 'names of the files to compare, without .json; default all')
    .addOption(new Option('--engine <name>', 'what runs the models').choices([...ENGINE_NAMES]).default('onnxruntime'))
    .addOption(
      new Option(
        '--steps <count>',
        'training steps to compare, 0 to 5; with fewer than 5 what follows them is left out',
      )
        .argParser(stepCount)
        .default(REFERENCE_STEPS),
    )
    .option('--json <file>', 'write all comparisons to a file as well')
    .addHelpText(
      'after',
      '\nExit code: 0 if everything is within its tolerance, 1 if not, or if a file cannot be compared.',
    )
    .parse(arguments_, { from: 'user' });
  const { json, ...options } = optionsSchema.parse(command.opts());
  return { ...options, folder: resolve(command.args[0]), ...(json === undefined ? {} : { json: resolve(json) }) };
}
