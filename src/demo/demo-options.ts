import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';

const optionsSchema = z.object({
  data: z.string().optional(),
  weights: z.string().optional(),
  output: z.string(),
  epochs: z.int().positive().optional(),
  json: z.boolean().default(false),
  plain: z.boolean().default(false),
});

/** What the demo's command line asks for; paths are absolute. */
export type DemoOptions = z.infer<typeof optionsSchema>;

function countOption(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('Expected a whole number, 1 or more.');
  return Number(text);
}

/** Reads the demo's command line. It ends the process with help or with a usage error. */
export function readDemoOptions(arguments_: readonly string[]): DemoOptions {
  const command = new Command('npm run demo --')
    .description('Make pictures, train on them through the GraphQL API, and ask about one that was not seen.')
    .option('--data <folder>', 'a COCO dataset of your own: annotations/instances_{train,val}.json, images/{train,val}')
    .option('--weights <folder>', 'with --data: folder of pretrained weights, with a TensorFlow.js layers model in it')
    .addOption(new Option('--epochs <count>', 'instead of as many as take some minutes').argParser(countOption))
    .option('--output <folder>', 'where everything is written; what an earlier demo left there goes', 'demo-output')
    .option('--json', 'write JSON, one document per line')
    .option('--plain', 'no colours and no moving progress bars')
    .addHelpText('after', '\nExample:\n  $ npm run demo -- --data ~/my-photos --weights ~/weights')
    .parse(arguments_, { from: 'user' });
  const options = optionsSchema.parse(command.opts());
  if (options.weights !== undefined && options.data === undefined) {
    command.error('error: --weights goes with --data: the demo on its own pictures starts from random weights.');
  }
  const absolute = (path?: string): string | undefined => (path === undefined ? undefined : resolve(path));
  return {
    ...options,
    data: absolute(options.data),
    weights: absolute(options.weights),
    output: resolve(options.output),
  };
}
