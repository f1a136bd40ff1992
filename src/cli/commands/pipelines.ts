import type { Command } from 'commander';
import { allOf } from '../../client/operations/page.js';
import { CREATE_PIPELINE, PIPELINES, type PipelineDetails } from '../../client/operations/pipelines.js';
import { settled } from '../../client/refusal.js';
import { formatTime } from '../../terminal/format.js';
import type { Terminal } from '../../terminal/terminal.js';
import { withContext, withExamples, type CommandContext } from '../context.js';
import { findPipeline } from '../find.js';
import { readDocument } from '../read-document.js';
import { addPresetCommand } from './presets.js';

/** `q2l pipelines`: backbone, decoder and loss under a name. */
export function addPipelineCommands(program: Command): void {
  const group = program.command('pipelines').description('pipelines: backbone, decoder and loss under a name');

  const create = group
    .command('create <name> [file]')
    .description('store the definition in a YAML or JSON file under a name; a new definition makes a new version')
    .option('--preset <preset>', 'start from a preset; the file then holds only what differs from it')
    .action((name: string, file: string | undefined, { preset }: { preset?: string }) =>
      withContext(create, (context) => createPipeline(context, { name, file, preset })),
    );
  withExamples(
    create,
    'q2l pipelines create scenes pipeline.yaml',
    'q2l pipelines create paper --preset q2l-r101-448',
    'q2l pipelines create fine-tuned weights.yaml --preset q2l-mobilenet-224',
  );

  addPresetCommand(group);

  const list = group
    .command('list')
    .description('list pipelines, newest first')
    .option('--name <name>', 'only versions of this name')
    .action((options: { name?: string }) => withContext(list, (context) => listPipelines(context, options.name)));
  withExamples(list, 'q2l pipelines list --name scenes');

  const show = group
    .command('show <pipeline>')
    .description('show a pipeline, given by its name or id')
    .action((name: string) =>
      withContext(show, async ({ client, terminal }) => showPipeline(terminal, await findPipeline(client, name))),
    );
  withExamples(show, 'q2l pipelines show scenes');
}

interface NewPipeline {
  readonly name: string;
  readonly file?: string;
  readonly preset?: string;
}

async function createPipeline(
  { client, terminal }: CommandContext,
  { name, file, preset }: NewPipeline,
): Promise<void> {
  const definition = file === undefined ? undefined : await readDocument(file);
  const { createPipeline: outcome } = await client.request(CREATE_PIPELINE, { input: { name, preset, definition } });
  const pipeline = settled(outcome);
  terminal.line(`Pipeline ${pipeline.name}, version ${pipeline.version}, id ${pipeline.id}`);
  terminal.document(pipeline);
}

async function listPipelines({ client, terminal }: CommandContext, name?: string): Promise<void> {
  const pipelines = await allOf(async (page) => (await client.request(PIPELINES, { ...page, name })).pipelines);
  terminal.table(
    ['name', 'version', 'created', 'id'],
    pipelines.map((pipeline) => [pipeline.name, pipeline.version, formatTime(pipeline.createdAt), pipeline.id]),
    'There are no pipelines yet; "q2l pipelines create" makes one.',
  );
  terminal.document({ pipelines });
}

function showPipeline(terminal: Terminal, pipeline: PipelineDetails): void {
  terminal.record({
    pipeline: pipeline.name,
    version: pipeline.version,
    id: pipeline.id,
    created: formatTime(pipeline.createdAt),
  });
  terminal.line();
  terminal.line(JSON.stringify(pipeline.definition, null, 2));
  terminal.document(pipeline);
}
