import { readFile } from 'node:fs/promises';
import { DiscoveryModule, DiscoveryService, NestFactory } from '@nestjs/core';
import { Inject, Injectable } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { SDK_VERSION } from '../version.js';
import type { BuiltMetric, MetricProvider } from '../contracts/index.js';
import {
  COMPONENT_DECORATORS,
  checkPluginCompatibility,
  checkProvider,
  componentMetadataOf,
  Metric,
  PluginDefinitionError,
  pluginMetadataOf,
  Query2LabelPlugin,
} from './index.js';

@Injectable()
class Offset {
  readonly value = 40;
}

const options = z.strictObject({ extra: z.number().min(0).default(2).describe('Added to the offset') });

@Metric({ name: 'always-the-same', description: 'A number', options })
class AlwaysTheSame implements MetricProvider<z.output<typeof options>> {
  constructor(@Inject(Offset) private readonly offset: Offset) {}

  build({ extra }: z.output<typeof options>): BuiltMetric {
    return { compute: () => ({ value: this.offset.value + extra }) };
  }
}

@Query2LabelPlugin({
  name: 'sample',
  version: '1.2.3',
  sdk: '^0.1.0',
  description: 'A sample',
  providers: [AlwaysTheSame, Offset],
})
class SamplePlugin {}

describe('component decorators', () => {
  it('let DiscoveryService find the provider, with its dependencies injected', async () => {
    class Root {}
    const application = await NestFactory.createApplicationContext(
      { module: Root, imports: [DiscoveryModule, SamplePlugin] },
      { logger: false },
    );
    const found = application.get(DiscoveryService).getProviders({ metadataKey: COMPONENT_DECORATORS.metric.KEY });
    const provider: unknown = found[0]?.instance;
    await application.close();
    expect(found).toHaveLength(1);
    checkProvider('metric', 'always-the-same', provider);
    const metric = provider.build({ extra: 2 });
    expect(metric.compute({ images: 0, labels: 0, scores: new Float32Array(), targets: new Int8Array() }).value).toBe(
      42,
    );
  });

  it('record kind, name and option schema on the class', () => {
    expect(componentMetadataOf(AlwaysTheSame)).toMatchObject({ kind: 'metric', name: 'always-the-same', options });
    expect(componentMetadataOf(Offset)).toBeUndefined();
  });

  it.each([
    ['a bad name', 'Bad Name', options, /"Bad Name" is not valid.*lower-case/],
    ['a loose schema', 'loose', z.object({}), /accepts unknown options/],
    ['an undescribed option', 'dumb', z.strictObject({ depth: z.number() }), /does not describe "depth"/],
    ['a type that JSON cannot carry', 'date', z.strictObject({ day: z.date().describe('Day') }), /JSON Schema/],
  ])('refuse %s', (_case, name, schema, message) => {
    class Broken {
      build(): BuiltMetric {
        return { compute: () => ({ value: null }) };
      }
    }
    const declare = (): void => Metric({ name, description: 'Broken', options: schema })(Broken);
    expect(declare).toThrow(PluginDefinitionError);
    expect(declare).toThrow(message);
    expect(declare).toThrow(/class Broken/);
  });

  it('refuse a second component on one class', () => {
    expect(() => Metric({ name: 'again', description: 'Again', options })(AlwaysTheSame)).toThrow(
      /already declared as metric "always-the-same"/,
    );
  });
});

describe('checkProvider', () => {
  it('names the class and the missing method', () => {
    class Empty {}
    expect(() => checkProvider('importer', 'csv', new Empty())).toThrow(/Class Empty.*importer "csv".*no method read/);
  });
});

describe('Query2LabelPlugin', () => {
  it('records name, version and range on the module', () => {
    expect(pluginMetadataOf(SamplePlugin)).toEqual({
      name: 'sample',
      version: '1.2.3',
      sdk: '^0.1.0',
      description: 'A sample',
    });
    expect(pluginMetadataOf(Offset)).toBeUndefined();
  });

  it.each([
    [{ name: 'My Plugin' }, /name "My Plugin" is not valid/],
    [{ version: 'newest' }, /version "newest".*not a semantic version/],
    [{ sdk: 'any of them' }, /sdk "any of them".*not a range/],
    [{ description: ' ' }, /no description/],
  ])('refuses %j', (fault, message) => {
    const definition = { name: 'sample', version: '1.0.0', sdk: '^0.1.0', description: 'A sample', ...fault };
    expect(() => Query2LabelPlugin(definition)(class Wrong {})).toThrow(message);
  });

  it('accepts this SDK and refuses another, naming both sides', () => {
    const plugin = { name: 'sample', version: '1.0.0', sdk: '^0.1.0', description: 'A sample' };
    expect(() => checkPluginCompatibility(plugin)).not.toThrow();
    expect(() => checkPluginCompatibility(plugin, '0.2.0')).toThrow(/"sample" 1.0.0 works with .* \^0.1.0.*has 0.2.0/);
  });
});

describe('SDK_VERSION', () => {
  it('equals the version of the package', async () => {
    const manifest: unknown = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(manifest).toMatchObject({ version: SDK_VERSION });
  });
});
