import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startServer, type StartedServer } from './support/start-server.js';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/plugins/${name}`, import.meta.url));

describe('the built server', () => {
  let server: StartedServer | undefined;

  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  it('loads built-in plugins and one from a folder, is ready, and ends at SIGTERM', async () => {
    server = await startServer({ Q2L_PLUGIN_FOLDERS: fixture('good') });
    const { components } = await server.client.data<{ components: { nodes: { name: string }[] } }>(
      '{ components(first: 100) { nodes { name } } }',
    );
    const names = components.nodes.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['query2label', 'always-the-same']));
    const ready = await fetch(`${server.url}/health/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      status: 'ready',
      checks: [
        { name: 'database', ok: true },
        { name: 'migrations', ok: true },
        { name: 'disk', ok: true },
        { name: 'training', ok: true },
        { name: 'prediction', ok: true },
      ],
    });
    const { code, signal } = await server.end('SIGTERM');
    expect([code, signal]).toEqual([0, null]);
  });

  it('has neither explorer nor introspection in production, logs JSON with request ids, and warns that anybody may use it', async () => {
    server = await startServer({ NODE_ENV: 'production', HOST: '0.0.0.0' });
    const page = await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(await page.text()).not.toContain('Altair');
    expect((await fetch(`${server.url}/explorer/main.js`)).status).toBe(404);
    const introspection = await server.client.send('{ __schema { types { name } } }');
    expect(introspection.errors?.[0]?.message).toMatch(/introspection is not allowed/i);
    const misspelt = await server.client.send('{ plugin }');
    expect(JSON.stringify(misspelt.errors)).not.toMatch(/did you mean/i);
    // The line of a request is written after its answer: when the process has ended, all are there.
    await server.end('SIGTERM');
    const lines = server
      .output()
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
    const id = misspelt.headers.get('x-request-id');
    expect(lines).toContainEqual(expect.objectContaining({ req: expect.objectContaining({ id }) }));
    const warning = /anyone who reaches 0\.0\.0\.0 .*Q2L_ACCESS_TOKENS/;
    expect(lines).toContainEqual(expect.objectContaining({ level: 40, msg: expect.stringMatching(warning) }));
  });

  it.each([
    [
      'a plugin that cannot be loaded',
      { Q2L_PLUGIN_FOLDERS: fixture('other-sdk') },
      /cannot start.*"other-sdk" 1.0.0 works with/,
    ],
    [
      'a component name that is taken',
      { Q2L_PLUGIN_FOLDERS: `${fixture('good')},${fixture('same-component')}` },
      /cannot start.*Two components are the metric "always-the-same"/,
    ],
    [
      'a configuration that is not valid',
      { Q2L_LIMIT_DEPTH: 'deep' },
      /cannot start.*Q2L_LIMIT_DEPTH: received "deep"/s,
    ],
  ])('does not start with %s, and says so in a sentence', async (_fault, environment, message) => {
    const start = startServer(environment);
    await expect(start).rejects.toThrow(message);
    await expect(start).rejects.not.toThrow(/\n\s+at /);
  });
});
