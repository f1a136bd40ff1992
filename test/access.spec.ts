import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GraphqlClient } from '../src/client/graphql-client.js';
import { PLUGINS } from '../src/client/operations/plugins.js';
import { startApp, type StartedApp } from './support/start-app.js';
import { runQ2l } from './support/run-q2l.js';

const [TOKEN, OTHER] = [0, 1].map(() => randomBytes(24).toString('base64url'));
const QUERY = JSON.stringify({ query: '{ __typename }' });

describe('a server with access tokens', () => {
  let app: StartedApp;

  beforeAll(async () => {
    app = await startApp({ Q2L_ACCESS_TOKENS: `${OTHER},${TOKEN}`, Q2L_METRICS_TOKEN: 'of-the-monitoring-system' });
  });

  afterAll(() => app.stop());

  const ask = (path: string, token?: string, request: RequestInit = {}): Promise<Response> =>
    fetch(`${app.url}${path}`, {
      ...request,
      headers: {
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...Object.fromEntries(new Headers(request.headers)),
      },
    });

  it('answers GraphQL to those who send one of them, and to nobody else', async () => {
    for (const token of [TOKEN, OTHER]) {
      const response = await ask('/graphql', token, { method: 'POST', body: QUERY });
      expect([response.status, await response.json()]).toEqual([200, { data: { __typename: 'Query' } }]);
    }
    for (const token of [undefined, 'of-the-monitoring-system', `${TOKEN}x`, TOKEN.slice(1)]) {
      const response = await ask('/graphql', token, { method: 'POST', body: QUERY });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(await response.json()).toEqual({
        errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHORIZED', help: expect.any(String) } }],
      });
    }
  });

  it.each([
    ['POST', '/images'],
    ['GET', '/images/00000000-0000-7000-8000-000000000000'],
    ['GET', '/checkpoints/00000000-0000-7000-8000-000000000000/parameters.safetensors'],
    ['GET', '/nowhere'],
    ['GET', '/graphql?query={__typename}'],
  ])('refuses %s %s without a token', async (method, path) => {
    const response = await ask(path, undefined, { method, headers: { accept: 'text/html' } });
    expect([response.status, await response.text()]).toEqual([401, expect.stringContaining('UNAUTHORIZED')]);
  });

  it('is not reached by a path that only begins like an open one', async () => {
    const { hostname, port } = new URL(app.url);
    // fetch would put the path in order before it sends it.
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request({ hostname, port, path: '/health/../graphql?query={__typename}' }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.once('error', reject).end();
    });
    expect(status).toBe(404);
  });

  it('refuses before it reads a body', async () => {
    const notJson = await ask('/graphql', undefined, { method: 'POST', body: '{' });
    expect(notJson.status).toBe(401);
    expect((await ask('/graphql', TOKEN, { method: 'POST', body: '{' })).status).toBe(400);
  });

  it('tells its health to anyone, its figures to the token of its monitoring system, and shows the page of its explorer', async () => {
    expect((await ask('/health/live')).status).toBe(200);
    expect((await ask('/health/ready')).status).toBe(200);
    expect((await ask('/metrics', 'of-the-monitoring-system')).status).toBe(200);
    expect((await ask('/metrics', TOKEN)).status).toBe(401);
    const page = await ask('/graphql', undefined, { headers: { accept: 'text/html' } });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Altair')]);
  });

  it('opens a WebSocket to those who introduce themselves with one, and closes it to others at once', async () => {
    const known = new GraphqlClient(app.url, TOKEN);
    const { plugins } = await known.requestOverSocket(PLUGINS, { first: 1 });
    expect(plugins.nodes).toHaveLength(1);
    await known.close();
    for (const token of [undefined, 'a-token-nobody-knows']) {
      const stranger = new GraphqlClient(app.url, token);
      await expect(stranger.requestOverSocket(PLUGINS, { first: 1 })).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
      await stranger.close();
    }
  });

  it('is used from the command line with --token or Q2L_TOKEN', async () => {
    const list = ['plugins', 'list', '--server', app.url];
    expect((await runQ2l([...list, '--token', TOKEN])).exitCode).toBe(0);
    expect((await runQ2l(list, { environment: { Q2L_TOKEN: OTHER } })).exitCode).toBe(0);
    const { exitCode, errors } = await runQ2l(list);
    expect([exitCode, errors]).toEqual([4, expect.stringMatching(/access token.*\n.*--token or Q2L_TOKEN/)]);
  });
});
