import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type StartedApp } from './support/start-app.js';

describe('GraphQL over HTTP', () => {
  let app: StartedApp;

  beforeAll(async () => {
    app = await startApp({ Q2L_ENGINE: 'reference', Q2L_LIMIT_TOKENS: '400', Q2L_LIMIT_BODY_BYTES: '20000' });
  });

  afterAll(() => app.stop());

  const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    fetch(`${app.url}/graphql`, { method: 'POST', headers, body });

  it('describes the engine', async () => {
    const { engine } = await app.client.data('{ engine { name version device threads providers { name } } }');
    expect(engine).toMatchObject({ name: 'reference', device: 'cpu', threads: 1, providers: [] });
  });

  it('says how to get an engine that is not available', async () => {
    const without = await startApp({ Q2L_EXECUTION_PROVIDERS: 'cuda' });
    try {
      const { errors } = await without.client.send('{ engine { name } }');
      expect(errors).toMatchObject([
        {
          message: expect.stringMatching(/"cuda".*not available.*ONNXRUNTIME_NODE_INSTALL/s),
          extensions: { code: 'ENGINE_UNAVAILABLE' },
        },
      ]);
    } finally {
      await without.stop();
    }
  });

  it('lists the built-in components with the JSON schema of their options', async () => {
    const { components } = await app.client.data<{
      components: { nodes: { name: string; plugin: { name: string }; optionSchema: { properties: object } }[] };
    }>('{ components(kind: OPTIMIZER) { nodes { name plugin { name version } optionSchema } } }');
    expect(components.nodes.map(({ name }) => name)).toContain('adamw');
    for (const { optionSchema } of components.nodes)
      expect(optionSchema).toMatchObject({ additionalProperties: false });
  });

  it('lists plugins with what they contribute', async () => {
    const { plugins } = await app.client.data<{
      plugins: { nodes: { name: string; components: { name: string }[] }[] };
    }>('{ plugins(first: 100) { nodes { name version sdk description components { kind name } } } }');
    expect(plugins.nodes.length).toBeGreaterThan(3);
    for (const plugin of plugins.nodes) expect(plugin.components).not.toHaveLength(0);
  });

  it('pages: all items once, in order, forwards and backwards', async () => {
    type Answer = {
      components: {
        totalCount: number;
        nodes: { kind: string; name: string }[];
        pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
      };
    };
    const fields = 'totalCount nodes { kind name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
    const all = await app.client.data<Answer>(`{ components(first: 100) { ${fields} } }`);
    const forwards: unknown[] = [];
    for (let after: string | null = null, more = true; more;) {
      const query = `query ($after: String) { components(first: 4, after: $after) { ${fields} } }`;
      const { components }: Answer = await app.client.data<Answer>(query, { after });
      expect(components.pageInfo.hasPreviousPage).toBe(after !== null);
      forwards.push(...components.nodes);
      after = components.pageInfo.endCursor;
      more = components.pageInfo.hasNextPage;
    }
    expect(forwards).toEqual(all.components.nodes);
    expect(all.components.totalCount).toBe(forwards.length);
    const { components: last } = await app.client.data<Answer>(`{ components(last: 3) { ${fields} } }`);
    expect(last.nodes).toEqual(forwards.slice(-3));
    const query = `query ($before: String) { components(last: 2, before: $before) { ${fields} } }`;
    const { components: before } = await app.client.data<Answer>(query, { before: last.pageInfo.startCursor });
    expect(before.nodes).toEqual(forwards.slice(-5, -3));
  });

  it.each([
    ['first: 0', /first: received 0; expected a whole number from 1 to 100/],
    ['first: 101', /first: received 101/],
    ['first: 1, last: 1', /first and last together/],
    ['after: "nonsense"', /after: received "nonsense"; expected a cursor/],
  ])('refuses the page (%s) as a mistake of the caller', async (page, message) => {
    const { errors } = await app.client.send(`{ pipelines(${page}) { nodes { id } } }`);
    expect(errors?.[0]?.message).toMatch(message);
    expect(errors?.[0]?.extensions?.code).toBe('INVALID_INPUT');
  });

  it('answers an expected error of a mutation as a member of its union', async () => {
    const { createPipeline } = await app.client.data<{ createPipeline: Record<string, unknown> }>(
      `mutation ($input: CreatePipelineInput!) {
        createPipeline(input: $input) { __typename ... on UserError { code message help } }
      }`,
      {
        input: {
          name: 'wrong',
          definition: {
            backbone: { name: 'resnett' },
            decoder: { name: 'query2label' },
            loss: { name: 'binary-cross-entropy' },
            image: { size: 64 },
          },
        },
      },
    );
    expect(createPipeline.__typename).toMatch(/NotFound|InvalidInput/);
    expect(createPipeline.message).toMatch(/resnett/);
  });

  it('shows an expected error of a query with its code', async () => {
    const { data, errors } = await app.client.send('{ pipeline(id: "none") { id } }');
    expect(data).toBeNull();
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('"none"'),
      extensions: { code: 'NOT_FOUND' },
    });
  });

  it.each([
    ['depth', 'TOO_DEEP', nested(12)],
    [
      'aliases',
      'TOO_MANY_ALIASES',
      `{ ${Array.from({ length: 20 }, (_, i) => `a${i}: __typename b${i}: engine { name }`).join(' ')} }`,
    ],
    [
      'cost',
      'TOO_COSTLY',
      '{ plugins(first: 100) { nodes { components { kind name description plugin { name version sdk description components { name kind plugin { components { name kind } } } } } } } }',
    ],
    [
      'cost through a variable',
      'TOO_COSTLY',
      'query ($n: Int = 1) { plugins(first: $n) { nodes { components { kind name description plugin { name version sdk description components { name kind plugin { components { name kind } } } } } } } }',
    ],
  ])('refuses an operation beyond the limit of %s', async (_name, code, query) => {
    const { status, errors, data } = await app.client.send(query, { n: 100 });
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual([code]);
    expect([data, status]).toEqual([undefined, 400]);
  });

  it('refuses a document of too many tokens, and a body that is too long', async () => {
    const { errors } = await app.client.send(`{ ${'__typename '.repeat(450)} }`);
    expect(errors?.[0]?.message).toMatch(/400 tokens/);
    const long = await post(JSON.stringify({ query: `{ __typename } #${'x'.repeat(30_000)}` }));
    expect(long.status).toBe(413);
  });

  it('does not run batches, nor requests that a page of another site could send', async () => {
    expect((await post('[{"query":"{ __typename }"}]')).status).toBe(400);
    expect((await post('{"query":"{ __typename }"}', { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await fetch(`${app.url}/graphql?query=%7B__typename%7D`)).status).toBe(400);
  });

  it('gives each answer the id of its request', async () => {
    const own = await post('{"query":"{ __typename }"}', {
      'content-type': 'application/json',
      'x-request-id': 'abc-1',
    });
    expect(own.headers.get('x-request-id')).toBe('abc-1');
    const bad = await post('{"query":"{ __typename }"}', { 'content-type': 'application/json', 'x-request-id': 'a b' });
    expect(bad.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('shows the explorer, all of whose files come from this server', async () => {
    const page = await fetch(`${app.url}/graphql`, { headers: { accept: 'text/html' } });
    const html = await page.text();
    expect(html).toContain('<title>Altair</title>');
    const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '');
    const files = links.filter((link) => link !== '/explorer/');
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      expect(file).not.toMatch(/^(https?:)?\/\//);
      expect((await fetch(new URL(file, `${app.url}/explorer/`))).status).toBe(200);
    }
  });
});

/** Fields nested to the given depth. */
function nested(depth: number): string {
  const open = Array.from({ length: depth }, (_, level) => (level % 2 === 0 ? 'plugin {' : 'components {'));
  return `{ plugins(first: 1) { nodes { components { ${open.join(' ')} name ${'}'.repeat(depth)} } } } }`;
}
