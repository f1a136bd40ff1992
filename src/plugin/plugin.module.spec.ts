import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type INestApplicationContext, Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../../test/support/temporary-folder.js';
import { InvalidInputError, NotFoundError } from '../common/errors/index.js';
import { ComponentRegistry, PluginModule, type PluginLocations } from './index.js';

const FIXTURES = fileURLToPath(new URL('../../test/fixtures/plugins', import.meta.url));
const fixture = (name: string): string => join(FIXTURES, name);
/** A folder without built-in plugins, so that each test sees only its own. */
const NONE = fileURLToPath(new URL('.', import.meta.url));

describe('PluginModule', () => {
  let application: INestApplicationContext | undefined;

  afterEach(async () => {
    await application?.close();
    application = undefined;
  });

  const load = async (locations: Partial<PluginLocations>): Promise<ComponentRegistry> => {
    class Root {}
    const plugins = await PluginModule.forRoot({ folders: [], packages: [], builtIn: NONE, ...locations });
    application = await NestFactory.createApplicationContext(
      { module: Root, imports: [plugins] },
      { logger: false, abortOnError: false },
    );
    Logger.overrideLogger(false);
    return application.get(ComponentRegistry);
  };

  it('loads a folder, and finds its components by discovery', async () => {
    const registry = await load({ folders: [fixture('good')] });
    expect(registry.plugins).toEqual([
      { name: 'good', version: '1.0.0', sdk: '^0.1.0', description: 'A plugin in order' },
    ]);
    const [component] = registry.list('metric');
    expect(component).toMatchObject({ kind: 'metric', name: 'always-the-same', plugin: { name: 'good' } });
    expect(component?.optionSchema).toMatchObject({ properties: { value: { minimum: 0, maximum: 1, default: 0.5 } } });
    expect(registry.list('loss')).toEqual([]);
  });

  it('loads the marked packages of the folder of built-in plugins, and leaves out the others', async () => {
    const folder = await temporaryFolder();
    try {
      await mkdir(join(folder.path, 'notes'));
      const registry = await load({ builtIn: folder.path });
      expect(registry.list()).toEqual([]);
    } finally {
      await folder.remove();
    }
  });

  it('loads the platform’s own plugins from their sources', async () => {
    const registry = await load({ builtIn: undefined });
    expect(registry.get('decoder', 'query2label').plugin.name).toMatch(/query2label/);
  });

  it('loads a package by its name from node_modules', async () => {
    const root = await mkdtemp(join(FIXTURES, 'installed-'));
    try {
      const folder = join(root, 'node_modules', 'good');
      await mkdir(join(root, 'node_modules'));
      await cp(fixture('good'), folder, { recursive: true });
      const registry = await load({ packages: ['good'], root });
      expect(registry.get('metric', 'always-the-same').plugin.name).toBe('good');
    } finally {
      await rm(root, { recursive: true });
    }
  });

  it('resolves options: defaults filled in, faults named by their path', async () => {
    const registry = await load({ folders: [fixture('good')] });
    expect(registry.resolve('metric', { name: 'always-the-same' }).options).toEqual({ value: 0.5 });
    const resolve = (options: Record<string, unknown>) => () =>
      registry.resolve('metric', { name: 'always-the-same', options }, 'recipe.metric');
    expect(resolve({ value: 2 })).toThrow(InvalidInputError);
    expect(resolve({ valeu: 1 })).toThrow(/did you mean "value"/);
    expect(resolve({ value: 2 })).toThrow(
      expect.objectContaining({ fields: [expect.objectContaining({ path: 'recipe.metric.options.value' })] }),
    );
  });

  it('names the closest component for one that does not exist', async () => {
    const registry = await load({ folders: [fixture('good')] });
    const get = () => registry.get('metric', 'always-the-sane');
    expect(get).toThrow(NotFoundError);
    expect(get).toThrow(expect.objectContaining({ help: expect.stringContaining('Did you mean "always-the-same"?') }));
  });

  it.each([
    [
      'two plugins of one name',
      ['good', 'same-plugin'],
      /Two plugins are named "good": .*plugins\/good .*plugins\/same-plugin .*emove one/,
    ],
    ['one plugin twice', ['good', 'good'], /Two plugins are named "good".*same package is named twice: remove one/],
    [
      'two components of one name',
      ['good', 'same-component'],
      /metric "always-the-same": one of plugin "good".*one of plugin "same-component".*Rename one/,
    ],
    [
      'a missing method',
      ['missing-method'],
      /Class Empty is declared as metric "empty" but has no method build.*MetricProvider/,
    ],
    [
      'another SDK',
      ['other-sdk'],
      /"other-sdk" 1.0.0 works with @query2label\/sdk \^7.0.0, but this platform has 0.1.0.*Install a version/,
    ],
    [
      'an option schema that does not parse',
      ['broken-schema'],
      /plugin package broken-schema .* could not be loaded: .*"dated" cannot be published as JSON Schema.*Use only types/,
    ],
    [
      'a package without a plugin',
      ['no-plugin'],
      /no-plugin .* has no plugin: its default export is class OrdinaryClass.*Expected a class with @Query2LabelPlugin/,
    ],
    [
      'a plugin without components',
      ['no-component'],
      /no-component .* contributes no component.*List its decorated classes/,
    ],
    [
      'versions that differ',
      ['other-version'],
      /package.json says version 2.0.0, @Query2LabelPlugin says 1.0.0. Make them equal/,
    ],
    ['a folder that is none', ['does-not-exist'], /does-not-exist \(plugins.folders\) has no package.json/],
  ])('refuses %s', async (_fault, folders, message) => {
    await expect(load({ folders: folders.map(fixture) })).rejects.toThrow(message);
  });

  it('refuses a package that is not installed', async () => {
    await expect(load({ packages: ['q2l-plugin-absent'] })).rejects.toThrow(
      /"q2l-plugin-absent" \(plugins.packages\) is not installed.*npm install q2l-plugin-absent/,
    );
  });
});
