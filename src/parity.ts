import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ParityModule } from './parity/parity.module.js';
import { readParityOptions } from './parity/parity-options.js';
import { runParity } from './parity/run-parity.js';
import { PipelineAssembler } from './pipeline/pipeline-assembler.js';
import { ComponentRegistry } from './plugin/index.js';
import { Terminal } from './terminal/terminal.js';

const options = readParityOptions(process.argv.slice(2));
const terminal = new Terminal();
try {
  const application = await NestFactory.createApplicationContext(await ParityModule.forRoot(), { logger: false });
  const tools = { registry: application.get(ComponentRegistry), assembler: application.get(PipelineAssembler) };
  process.exitCode = (await runParity(options, tools, terminal)) ? 0 : 1;
  await application.close();
} catch (error) {
  terminal.note(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
