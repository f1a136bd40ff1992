import { runCocoMini } from './demo/run-coco-mini.js';
import { Terminal } from './terminal/terminal.js';

const terminal = new Terminal({ plain: true });
try {
  process.exitCode = (await runCocoMini(process.argv.slice(2), terminal)) ? 0 : 1;
} catch (error) {
  terminal.note(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
