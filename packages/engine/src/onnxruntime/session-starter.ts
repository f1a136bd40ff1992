import { cpus } from 'node:os';
import { join } from 'node:path';
import { env } from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import type { ContentDigests } from '../cache/content-digest.js';
import { digestOf } from '../cache/content-digest.js';
import { DiskCache } from '../cache/disk-cache.js';
import { SessionPool } from '../cache/session-pool.js';
import type { SharedSession } from '../cache/session-pool.js';
import type { CompilationReport, CompiledCacheOptions } from '../engine.js';
import type { SerializedModel } from '../onnx/format/write-model.js';
import { explainProviderFailure } from '../onnx/providers.js';
import { loadOptimized, startSession } from '../onnx/session.js';
import type { SessionOptions } from '../onnx/session.js';

/** To be raised when an entry of the cache would mean something else than before. */
const CACHE_FORMAT = 1;
const OPTIMIZED_MODEL = 'model.onnx';

export interface StartedSession {
  readonly session: SharedSession;
  readonly source: CompilationReport['source'];
}

/**
 * Starts sessions: from another one of the same program in this process, from the cache on disk, or afresh. What the cache
 * holds is the model as ONNX Runtime has optimised it for this machine.
 */
export class SessionStarter {
  private readonly pool = new SessionPool();
  private readonly disk: DiskCache | undefined;

  constructor(
    private readonly options: Pick<SessionOptions, 'executionProviders' | 'threads' | 'waiting'>,
    private readonly cache: CompiledCacheOptions | undefined,
  ) {
    // Models optimised for other providers hold nodes that cannot be written.
    const storable = options.executionProviders.every((name) => name === 'cpu');
    this.disk = cache === undefined || cache.maximumBytes === 0 || !storable ? undefined : new DiskCache(cache);
  }

  /**
   * @param digests of the constants, perhaps begun before
   */
  async start(
    label: string,
    model: SerializedModel,
    digests: ContentDigests,
    program: Pick<SessionOptions, 'training' | 'deviceOutputs' | 'hostNodes'>,
  ): Promise<StartedSession> {
    const options: SessionOptions = { ...this.options, ...program };
    const key = await keyOf(model, options, digests);
    let source: StartedSession['source'] = 'compiled';
    const { session, shared } = await this.pool.acquire(key, async () => {
      const cached = await this.fromDisk(key, options);
      if (cached === undefined) return this.fresh(label, key, model, options);
      source = 'disk';
      return cached;
    });
    return { session, source: shared ? 'memory' : source };
  }

  private async fromDisk(key: string, options: SessionOptions): Promise<InferenceSession | undefined> {
    const entry = await this.disk?.find(key);
    if (entry === undefined) return undefined;
    let session: InferenceSession;
    try {
      session = await loadOptimized(join(entry.folder, OPTIMIZED_MODEL), options);
    } catch (error) {
      if (await entry.sound) await this.disk?.drop(key, messageOf(error));
      return undefined;
    }
    if (await entry.sound) return session;
    await session.release();
    return undefined;
  }

  private async fresh(
    label: string,
    key: string,
    model: SerializedModel,
    options: SessionOptions,
  ): Promise<InferenceSession> {
    const bytes = model.external.reduce((sum, { data }) => sum + data.byteLength, model.bytes.byteLength);
    let failure: unknown;
    if (this.disk !== undefined && bytes <= (this.cache?.maximumBytes ?? 0)) {
      try {
        return await this.disk.store(key, (folder) => startSession(model, options, join(folder, OPTIMIZED_MODEL)));
      } catch (error) {
        failure = error;
      }
    }
    try {
      const session = await startSession(model, options);
      if (failure !== undefined) this.cache?.log?.(`Program "${label}" could not be kept: ${messageOf(failure)}`);
      return session;
    } catch (cause) {
      throw explainProviderFailure(label, options.executionProviders, cause);
    }
  }
}

/** What a session is made of: the model with its constants, what optimises it, and for which machine. */
async function keyOf(
  { bytes, external }: SerializedModel,
  { executionProviders, training, deviceOutputs }: SessionOptions,
  digests: ContentDigests,
): Promise<string> {
  const runtime = [CACHE_FORMAT, env.versions.node, process.platform, process.arch, cpus()[0]?.model ?? ''];
  const settings = JSON.stringify([...runtime, executionProviders, training, deviceOutputs]);
  return digestOf([settings, bytes, ...(await Promise.all(external.map(({ source }) => digests.of(source))))]);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
