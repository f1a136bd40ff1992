import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder, type TemporaryFolder } from '../../test/support/temporary-folder.js';
import { ConfigurationError, ConfigurationService, loadConfiguration } from './index.js';
import { LEAVES } from './leaves.js';

describe('loadConfiguration', () => {
  let folder: TemporaryFolder;

  beforeEach(async () => {
    folder = await temporaryFolder();
  });

  afterEach(() => folder.remove());

  const load = (environment: Record<string, string> = {}) => loadConfiguration({ environment, folder: folder.path });
  const write = (name: string, text: string) => writeFile(join(folder.path, name), text);

  it('has a default for every key, and paths that begin at the working folder', () => {
    const { values, entries, file } = load();
    expect(values.http).toEqual({ port: 3000, host: '127.0.0.1', accessTokens: [] });
    expect(values.data.folder).toBe(join(folder.path, 'data'));
    expect(values.database.url).toBe('');
    expect(entries.every(({ source }) => source === 'default')).toBe(true);
    expect(file).toBeUndefined();
  });

  it('describes every key, each with a variable of its own', () => {
    expect(LEAVES.filter(({ description }) => description === '')).toEqual([]);
    expect(new Set(LEAVES.map(({ environment }) => environment)).size).toBe(LEAVES.length);
  });

  it('prefers the environment to the file and the file to the default, and tells which it was', async () => {
    await write('q2l.config.yaml', 'http:\n  port: 4000\n  host: 0.0.0.0\ndata:\n  importFolders: { coco: photos }\n');
    const loaded = load({ PORT: '5000', Q2L_PLUGINS: 'a, @team/b' });
    expect(loaded.values.http).toMatchObject({ port: 5000, host: '0.0.0.0' });
    expect(loaded.values.data.importFolders).toEqual({ coco: join(folder.path, 'photos') });
    expect(loaded.values.plugins.packages).toEqual(['a', '@team/b']);
    expect(loaded.file).toBe(join(folder.path, 'q2l.config.yaml'));
    const source = (name: string) => loaded.entries.find((entry) => entry.name === name)?.source;
    expect(['http.port', 'http.host', 'logging.level'].map(source)).toEqual(['environment', 'file', 'default']);
  });

  it('reads JSON, and a file named by Q2L_CONFIG', async () => {
    await write('other.json', '{ "training": { "workers": 3 } }');
    expect(load({ Q2L_CONFIG: 'other.json' }).values.training.workers).toBe(3);
  });

  it('reads folders to import from as name=path', () => {
    const { values } = load({ Q2L_IMPORT_FOLDERS: 'coco=/data/coco, scenes=here' });
    expect(values.data.importFolders).toEqual({ coco: '/data/coco', scenes: join(folder.path, 'here') });
  });

  it('never shows a secret, neither in the description nor in an error', () => {
    const url = 'postgres://user:hidden@host/database';
    const described = new ConfigurationService(load({ DATABASE_URL: url })).describe();
    expect(described.find(({ name }) => name === 'database.url')?.value).toBe('********');
    expect(load({ DATABASE_URL: url }).values.database.url).toBe(url);
    expect(() => load({ DATABASE_URL: 'mysql://user:hidden@host' })).toThrow(
      /DATABASE_URL: received a value \(not shown\)/,
    );
    expect(() => load({ DATABASE_URL: 'mysql://user:hidden@host' })).not.toThrow(/hidden@/);
    const tokens = ['0123456789abcdef', 'fedcba9876543210'];
    const withTokens = load({ Q2L_ACCESS_TOKENS: tokens.join(',') });
    const shown = new ConfigurationService(withTokens).describe().find(({ name }) => name === 'http.accessTokens');
    expect([withTokens.values.http.accessTokens, shown?.value]).toEqual([tokens, '********']);
    expect(() => load({ Q2L_ACCESS_TOKENS: 'too-short' })).toThrow(/a value \(not shown\) at 0; expected at least 16/);
  });

  it.each([
    [{ PORT: 'eighty' }, /PORT: received "eighty"; .*expected number.*It means: Port to listen on/],
    [{ PORT: '70000' }, /PORT: received 70000; .*65535/],
    [{ Q2L_ENGINE: 'onxruntime' }, /Q2L_ENGINE: received "onxruntime"; .*"onnxruntime".* Did you mean onnxruntime\?/],
    [{ Q2L_IMPORT_FOLDERS: 'coco' }, /Q2L_IMPORT_FOLDERS: received \{"coco":""\} at coco/],
    [{ Q2L_DATTA: 'x' }, /Q2L_DATTA: there is no such variable. Did you mean Q2L_DATA\?/],
  ])('refuses %j', (environment, message) => {
    expect(() => load(environment)).toThrow(ConfigurationError);
    expect(() => load(environment)).toThrow(message);
  });

  it('tells every problem at once', () => {
    expect(() => load({ PORT: 'x', Q2L_THREADS: '-1' })).toThrow(/- PORT: .*\n- Q2L_THREADS: /);
  });

  it.each([
    ['an unknown key', 'http:\n  prot: 1\n', /unknown key http.prot. Did you mean http.port\?/],
    ['a wrong value', 'http:\n  port: "80"\n', /http.port in .*q2l.config.yaml: received "80"/],
    ['a group that is none', 'http: 80\n', /http: received 80; expected a group of keys/],
    ['text that is not YAML', 'http: [1\n', /q2l.config.yaml: /],
  ])('refuses a file with %s', async (_fault, text, message) => {
    await write('q2l.config.yaml', text);
    expect(() => load()).toThrow(message);
  });

  it('refuses two files', async () => {
    await write('q2l.config.yaml', '');
    await write('q2l.config.json', '{}');
    expect(() => load()).toThrow(/found q2l.config.yaml and q2l.config.json.*Remove the others/);
  });
});
