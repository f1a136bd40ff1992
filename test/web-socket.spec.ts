import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { DatabaseService } from '../src/database/index.js';
import { GraphqlClient } from './support/graphql-client.js';
import { makeCheckpoint } from './support/make-checkpoint.js';
import { startApp, type StartedApp } from './support/start-app.js';

describe('GraphQL over WebSocket', () => {
  let app: StartedApp;
  let checkpoint: string;

  beforeAll(async () => {
    app = await startApp({
      Q2L_LIMIT_WEB_SOCKETS: '2',
      Q2L_LIMIT_DEPTH: '5',
      Q2L_LIMIT_TOKENS: '100',
      Q2L_LIMIT_SUBSCRIPTIONS: '2',
    });
    checkpoint = (await makeCheckpoint(app.application, ['a', 'b'])).id;
  });

  afterAll(() => app.stop());

  const first = async (query: string): Promise<unknown> => {
    for await (const result of app.client.subscribe(query)) return result;
    return undefined;
  };
  const connect = (options: { origin?: string; path?: string } = {}): Promise<WebSocket | number> => {
    const address = `${app.url.replace('http', 'ws')}${options.path ?? '/graphql'}`;
    const socket = new WebSocket(address, 'graphql-transport-ws', options.origin ? { origin: options.origin } : {});
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(socket));
      socket.once('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode));
      socket.once('error', reject);
    });
  };

  it('runs operations', async () => {
    expect(await first('{ plugins(first: 1) { nodes { name } } }')).toMatchObject({
      data: { plugins: { nodes: [{}] } },
    });
  });

  it.each([
    ['deep', '{ plugins { nodes { components { plugin { components { plugin { name } } } } } } }', /6 levels|7 levels/],
    ['long', `{ ${'__typename '.repeat(120)} }`, /100 tokens/],
    ['invalid', '{ nothing }', /Cannot query field/],
    ['malformed', '{ plugins ', /Syntax Error/],
  ])('refuses a %s one as HTTP does', async (_name, query, message) => {
    await expect(first(query)).rejects.toEqual([expect.objectContaining({ message: expect.stringMatching(message) })]);
  });

  it('refuses one subscription too many on a connection, and takes it once another has ended', async () => {
    const query = 'subscription { trainingRunFinished(id: "00000000-0000-7000-8000-000000000000") { id } }';
    const client = new GraphqlClient(app.url);
    const waiting = 'subscription { evaluationProgress(checkpoint: "CHECKPOINT", dataset: "d") { done } }'.replace(
      'CHECKPOINT',
      checkpoint,
    );
    const open = [client.subscribe(waiting), client.subscribe(waiting)];
    const pending = open.map((events) => events.next());
    for (const next of pending) next.catch(() => undefined);
    const refused = client.subscribe(query).next();
    await expect(refused).rejects.toEqual([
      expect.objectContaining({ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS', allowed: 2 } }),
    ]);
    await open[0].return?.();
    const taken: unknown = await client
      .subscribe(query)
      .next()
      .catch((error: unknown) => error);
    expect(JSON.stringify(taken)).toContain('NOT_FOUND');
    await client.close();
  });

  it('refuses other addresses, pages of other sites and too many connections', async () => {
    expect(await connect({ path: '/elsewhere' })).toBe(404);
    expect(await connect({ origin: 'https://elsewhere.example' })).toBe(403);
    const open = [await connect({ origin: app.url }), await connect()];
    expect(open.filter((socket) => socket instanceof WebSocket)).toHaveLength(2);
    expect(await connect()).toBe(503);
    for (const socket of open) if (socket instanceof WebSocket) socket.terminate();
  });
});

describe('an unexpected error', () => {
  let app: StartedApp;

  beforeAll(async () => {
    app = await startApp();
    await app.application
      .get(DatabaseService)
      .write((manager) => manager.query('ALTER TABLE pipeline RENAME TO mislaid'));
  });

  afterAll(() => app.stop());

  const QUERY = '{ pipelines { nodes { id } } }';

  it('is shown over HTTP as an id, and nothing of it', async () => {
    const { errors } = await app.client.send(QUERY);
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.message).toMatch(/^Something went wrong on the server.*under the id [0-9a-f-]{36}\.$/);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(JSON.stringify(errors)).not.toMatch(/pipeline"|SELECT|sqlite|relation|stack/i);
  });

  it('is shown over WebSocket as an id too', async () => {
    for await (const result of app.client.subscribe(QUERY)) {
      expect(JSON.stringify(result.errors)).toMatch(/under the id [0-9a-f-]{36}/);
      expect(JSON.stringify(result.errors)).not.toMatch(/SELECT|no such table|relation|stack/i);
    }
    expect.assertions(2);
  });
});
