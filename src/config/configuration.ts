import { ENGINE_NAMES } from '@query2label/engine';
import { z } from 'zod';
import { key, MEGABYTE, wholeNumber } from './key.js';
import { trainingKeys } from './training-keys.js';

/** Every key of the configuration; `q2l config` shows them with their values and where those came from. */
export const configurationSchema = z.strictObject({
  environment: key(
    'NODE_ENV',
    'text',
    z
      .enum(['development', 'test', 'production'])
      .default('development')
      .describe('In production the GraphQL explorer and introspection are off and logs are JSON'),
  ),
  http: z.strictObject({
    port: key('PORT', 'number', wholeNumber(0, 65535).default(3000).describe('Port to listen on; 0 takes a free one')),
    host: key('HOST', 'text', z.string().min(1).default('127.0.0.1').describe('Address to listen on')),
    accessTokens: key(
      'Q2L_ACCESS_TOKENS',
      'list',
      z
        .array(z.string().regex(/^[\w.~+/=-]{16,}$/, 'expected at least 16 letters, digits or -._~+/='))
        .default([])
        .describe('What clients must send one of as bearer token; empty for anyone who reaches the server'),
      { secret: true },
    ),
  }),
  logging: z.strictObject({
    level: key(
      'LOG_LEVEL',
      'text',
      z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
        .default('info')
        .describe('Least severe level logged'),
    ),
  }),
  metrics: z.strictObject({
    access: key(
      'Q2L_METRICS',
      'text',
      z.enum(['on', 'off']).default('on').describe('Whether figures for Prometheus are served at /metrics'),
    ),
    token: key(
      'Q2L_METRICS_TOKEN',
      'text',
      z.string().default('').describe('What a reader of /metrics must send as bearer token; empty for anyone who reaches it'), // prettier-ignore
      { secret: true },
    ),
  }),
  database: z.strictObject({
    url: key(
      'DATABASE_URL',
      'text',
      z
        .union([z.literal(''), z.url({ protocol: /^postgres(ql)?$/ })])
        .default('')
        .describe('postgres://user:password@host/database; empty for SQLite in the data folder'),
      { secret: true },
    ),
  }),
  data: z.strictObject({
    folder: key('Q2L_DATA', 'text', z.string().min(1).default('data').describe('Database, images and checkpoints'), {
      path: true,
    }),
    freeBytes: key(
      'Q2L_DISK_FLOOR',
      'number',
      wholeNumber(0, Number.MAX_SAFE_INTEGER)
        .default(256 * MEGABYTE)
        .describe('With less than that free on the disk of the data folder, runs pause and the server is not ready'),
    ),
    weightsFolder: key(
      'Q2L_WEIGHTS',
      'text',
      z.string().default('').describe('Pretrained weights that backbones may read; empty for none'),
      { path: true },
    ),
    importFolders: key(
      'Q2L_IMPORT_FOLDERS',
      'pairs',
      z
        .record(z.string().regex(/^[a-z0-9][a-z0-9-]*$/), z.string().min(1))
        .default({})
        .describe('Folders that datasets and checkpoints may be imported from: name=path, separated by commas'),
      { path: true },
    ),
    uploadHours: key(
      'Q2L_UPLOAD_HOURS',
      'number',
      wholeNumber(0, 1_000_000).default(24).describe('Hours after which an uploaded image is removed; 0 keeps all'),
    ),
  }),
  plugins: z.strictObject({
    folders: key(
      'Q2L_PLUGIN_FOLDERS',
      'list',
      z.array(z.string().min(1)).default([]).describe('Folders of single plugin packages, beside the built-in ones'),
      { path: true },
    ),
    packages: key(
      'Q2L_PLUGINS',
      'list',
      z.array(z.string().min(1)).default([]).describe('Names of plugin packages in node_modules'),
    ),
  }),
  engine: z.strictObject({
    name: key(
      'Q2L_ENGINE',
      'text',
      z
        .enum(['auto', ...ENGINE_NAMES])
        .default('auto')
        .describe('What runs the compute; auto takes onnxruntime'),
    ),
    threads: key(
      'Q2L_THREADS',
      'number',
      wholeNumber(0, 1024).default(0).describe('Threads within one operation; 0 for the number of available cores'),
    ),
    waiting: key(
      'Q2L_ENGINE_WAITING',
      'text',
      z
        .enum(['sleep', 'spin'])
        .default('sleep')
        .describe(
          'How idle threads of onnxruntime wait within a run: sleep after 50 microseconds, or spin, which is only for a machine where nothing else runs',
        ),
    ),
    executionProviders: key(
      'Q2L_EXECUTION_PROVIDERS',
      'list',
      z
        .array(z.enum(['auto', 'cpu', 'webgpu', 'cuda']))
        .min(1)
        .default(['auto'])
        .describe(
          'Of onnxruntime, in order; each must work here. auto takes the first of cuda, webgpu and cpu that does, or of the names after it',
        ),
    ),
    cacheFolder: key(
      'Q2L_ENGINE_CACHE',
      'text',
      z
        .string()
        .default('')
        .describe('Compiled models, kept for the next start; empty for the folder compiled in the data folder'),
      { path: true },
    ),
    cacheBytes: key(
      'Q2L_ENGINE_CACHE_BYTES',
      'number',
      wholeNumber(0, 1024 * 1024 * MEGABYTE)
        .default(8 * 1024 * MEGABYTE)
        .describe('Largest size of that folder; models not used for longest are removed. 0 keeps none'),
    ),
  }),
  training: trainingKeys,
  prediction: z.strictObject({
    workers: key('Q2L_PREDICTION_WORKERS', 'number', wholeNumber(1, 64).default(1).describe('Prediction processes')),
    maximumBatch: key(
      'Q2L_PREDICTION_MAXIMUM_BATCH',
      'number',
      wholeNumber(1, 1024).default(8).describe('Most images computed together'),
    ),
    maximumDelayMilliseconds: key(
      'Q2L_PREDICTION_MAXIMUM_DELAY',
      'number',
      z.number().min(0).max(10_000).default(5).describe('Longest wait for a batch to fill, in milliseconds'),
    ),
    maximumQueued: key(
      'Q2L_PREDICTION_MAXIMUM_QUEUED',
      'number',
      wholeNumber(1, 100_000).default(256).describe('Most images waiting for one model; more are refused'),
    ),
    imagesPerRequest: key(
      'Q2L_PREDICTION_IMAGES_PER_REQUEST',
      'number',
      wholeNumber(1, 1000).default(32).describe('Most images of one predict query'),
    ),
    modelsInMemory: key(
      'Q2L_PREDICTION_MODELS',
      'number',
      wholeNumber(1, 100).default(3).describe('Compiled models that each prediction process keeps'),
    ),
    timeoutSeconds: key(
      'Q2L_PREDICTION_TIMEOUT',
      'number',
      wholeNumber(1, 3600).default(120).describe('A prediction process that is silent for so long is replaced'),
    ),
    attentionCacheBytes: key(
      'Q2L_ATTENTION_CACHE_BYTES',
      'number',
      wholeNumber(1, 64 * 1024 * MEGABYTE)
        .default(128 * MEGABYTE)
        .describe('Memory for attention maps whose pictures can be fetched by URL'),
    ),
    attentionCacheSeconds: key(
      'Q2L_ATTENTION_CACHE_SECONDS',
      'number',
      wholeNumber(1, 86_400).default(900).describe('How long the picture of an attention map can be fetched'),
    ),
  }),
  limits: z.strictObject({
    uploadBytes: key(
      'Q2L_LIMIT_UPLOAD_BYTES',
      'number',
      wholeNumber(1, 4096 * MEGABYTE)
        .default(20 * MEGABYTE)
        .describe('Bytes of one uploaded image'),
    ),
    checkpointBytes: key(
      'Q2L_LIMIT_CHECKPOINT_BYTES',
      'number',
      wholeNumber(1, 1024 * 1024 * MEGABYTE)
        .default(4096 * MEGABYTE)
        .describe('Bytes of one uploaded checkpoint file'),
    ),
    imagePixels: key(
      'Q2L_LIMIT_IMAGE_PIXELS',
      'number',
      wholeNumber(1, 1_000_000_000).default(50_000_000).describe('Pixels of one image'),
    ),
    bodyBytes: key(
      'Q2L_LIMIT_BODY_BYTES',
      'number',
      wholeNumber(1024, 1024 * MEGABYTE)
        .default(32 * MEGABYTE)
        .describe('Bytes of one GraphQL request, base64 images included'),
    ),
    graphqlDepth: key(
      'Q2L_LIMIT_DEPTH',
      'number',
      wholeNumber(1, 100).default(10).describe('Nesting of a GraphQL operation'),
    ),
    graphqlAliases: key(
      'Q2L_LIMIT_ALIASES',
      'number',
      wholeNumber(0, 1000).default(15).describe('Aliases of a GraphQL operation'),
    ),
    graphqlTokens: key(
      'Q2L_LIMIT_TOKENS',
      'number',
      wholeNumber(10, 100_000).default(2000).describe('Tokens of a GraphQL document'),
    ),
    graphqlCost: key(
      'Q2L_LIMIT_COST',
      'number',
      wholeNumber(1, 10_000_000)
        .default(100_000)
        .describe('Fields that a GraphQL operation may answer, lists counted by their page size'),
    ),
    webSocketConnections: key(
      'Q2L_LIMIT_WEB_SOCKETS',
      'number',
      wholeNumber(1, 100_000).default(200).describe('WebSocket connections at a time'),
    ),
    subscriptionsPerConnection: key(
      'Q2L_LIMIT_SUBSCRIPTIONS',
      'number',
      wholeNumber(1, 1000).default(20).describe('Subscriptions of one WebSocket connection at a time'),
    ),
  }),
});

/** The values in force, all paths absolute. */
export type Configuration = z.infer<typeof configurationSchema>;
