import type { Command } from 'commander';
import { RequestRefusedError } from '../../client/client-errors.js';
import { allOf } from '../../client/operations/page.js';
import { COMPONENTS, PLUGINS, type ComponentDetails } from '../../client/operations/plugins.js';
import { withContext, withExamples, type CommandContext } from '../context.js';

/** `q2l plugins`: what the server has loaded, and the options of each component. */
export function addPluginCommands(program: Command): void {
  const group = program.command('plugins').description('plugins that the server has loaded');

  const list = group
    .command('list')
    .description('list plugins with the components that they contribute')
    .action(() => withContext(list, listPlugins));
  withExamples(list, 'q2l plugins list');

  const show = group
    .command('show <component>')
    .description('show a component with its options, for example "resnet" or "importer coco"')
    .action((name: string) => withContext(show, (context) => showComponent(context, name)));
  withExamples(show, 'q2l plugins show resnet', 'q2l plugins show query2label --json');
}

async function listPlugins({ client, terminal }: CommandContext): Promise<void> {
  const plugins = await allOf(async (page) => (await client.request(PLUGINS, page)).plugins);
  terminal.table(
    ['plugin', 'version', 'kind', 'component', 'description'],
    plugins.flatMap((plugin) =>
      plugin.components.map((component) => [
        plugin.name,
        plugin.version,
        component.kind.toLowerCase(),
        component.name,
        component.description,
      ]),
    ),
  );
  terminal.document({ plugins });
}

async function showComponent({ client, terminal }: CommandContext, name: string): Promise<void> {
  const all = await allOf(async (page) => (await client.request(COMPONENTS, page)).components);
  const found = all.filter((component) => component.name === name);
  if (found.length === 0) {
    const names = [...new Set(all.map((component) => component.name))].join(', ');
    throw new RequestRefusedError('NOT_FOUND', `There is no component "${name}". There are: ${names}.`);
  }
  for (const component of found) {
    terminal.record({
      component: component.name,
      kind: component.kind.toLowerCase(),
      plugin: `${component.plugin.name} ${component.plugin.version}`,
      description: component.description,
    });
    terminal.line();
    terminal.table(['option', 'type', 'default', 'description'], optionRows(component), 'It has no options.');
  }
  terminal.document({ components: found });
}

/** The rows of a component's options, read from its JSON Schema. */
function optionRows({ optionSchema }: ComponentDetails): string[][] {
  const properties = isRecord(optionSchema.properties) ? optionSchema.properties : {};
  return Object.entries(properties).map(([name, property]) => {
    const { type, enum: values, default: standard, description } = isRecord(property) ? property : {};
    const kind = Array.isArray(values) ? values.map(show).join(' | ') : show(type);
    return [name, kind, show(standard), typeof description === 'string' ? description : ''];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
