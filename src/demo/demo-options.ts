import { resolve } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';

const optionsSchema = z.object({
  data: z.string().optional(),
  weights: z.string().optional(),
  output: z.string(),
  json: z.boolean().default(false),
  plain: z.boolean().default(false),
});

/** What the demo's command line asks for; paths are absolute. */
export type DemoOptions = z.infer<typeof optionsSchema>;

/** Reads the demo's command line. It ends the process with help or with a usage error. */
export function readDemoOptions(arguments_: readonly string[]): DemoOptions {
  const command = new Command('npm run demo --')
    .description('Make pictures, train on them through the GraphQL API, and ask about one that was not seen.')
    .option('--data <folder>', 'a COCO dataset of your own: annotations/instances_{train,val}.json, images/{train,val}')
    .option('--weights <folder>', 'folder of pretrained weights that the server may read')
    .option('--output <folder>', 'where everything is written; emptied first', 'demo-output')
    .option('--json', 'write JSON, one document per line')
    .option('--plain', 'no colours and no moving progress bars')
    .addHelpText('after', '\nExample:\n  $ npm run demo -- --data ~/my-photos')
    .parse(arguments_, { from: 'user' });
  const options = optionsSchema.parse(command.opts());
  const absolute = (path?: string): string | undefined => (path === undefined ? undefined : resolve(path));
  return {
    ...options,
    data: absolute(options.data),
    weights: absolute(options.weights),
    output: resolve(options.output),
  };
}
