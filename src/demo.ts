import { readDemoOptions } from './demo/demo-options.js';
import { runDemo } from './demo/run-demo.js';
import { Terminal } from './terminal/terminal.js';

const options = readDemoOptions(process.argv.slice(2));
const terminal = new Terminal({ json: options.json, plain: options.plain });
try {
  process.exitCode = (await runDemo(options, terminal)) ? 0 : 1;
} catch (error) {
  terminal.note(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
