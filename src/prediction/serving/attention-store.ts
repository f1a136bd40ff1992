import { randomBytes } from 'node:crypto';
import { Injectable, Optional } from '@nestjs/common';
import { NotFoundError } from '../../common/errors/index.js';
import { ConfigurationService } from '../../config/index.js';
import { Limiter } from '../../dataset/batch/limiter.js';
import { systemClock, type Clock } from '../batching/clock.js';
import { sourceBytes, type ImageSource } from '../jobs/image-source.js';
import { renderJob } from '../jobs/render.job.js';
import { PredictionPool } from './prediction-pool.js';

/** The attention of one predicted picture. */
export interface AttentionPicture {
  readonly source: ImageSource;
  readonly rows: number;
  readonly columns: number;
  /** `[labels, rows, columns]` */
  readonly values: Float32Array;
}

interface Kept {
  readonly picture: AttentionPicture;
  readonly drawings: Map<number, Promise<Uint8Array>>;
  readonly expiresAt: number;
  bytes: number;
}

const LONGEST_SIDE = 640;
const ID = /^([A-Za-z0-9_-]{22})-(\d{1,6})$/;

/**
 * Remembers attention maps whose pictures may be fetched by URL: for a limited time, within a limited amount of memory, under
 * names that cannot be guessed. A drawing is made by a worker when it is first fetched.
 */
@Injectable()
export class AttentionStore {
  /** Oldest first. */
  private readonly kept = new Map<string, Kept>();
  private readonly ids = new WeakMap<AttentionPicture, string>();
  private readonly drawing: Limiter;
  private readonly lifetime: number;
  private readonly budget: number;
  private bytes = 0;

  constructor(
    private readonly pool: PredictionPool,
    configuration: ConfigurationService,
    @Optional() private readonly clock: Clock = systemClock,
  ) {
    const { attentionCacheBytes, attentionCacheSeconds, workers } = configuration.values.prediction;
    this.drawing = new Limiter(workers);
    this.lifetime = attentionCacheSeconds * 1000;
    this.budget = attentionCacheBytes;
  }

  /** Path of the drawing for a label, from the root of the server. */
  urlOf(picture: AttentionPicture, label: number): string {
    const id = this.ids.get(picture) ?? this.keep(picture);
    return `/predictions/attention/${id}-${label}.png`;
  }

  /** @throws NotFoundError if there is no such drawing, or no longer */
  async png(id: string): Promise<Uint8Array> {
    this.dropExpired();
    const [, name, label] = ID.exec(id) ?? [];
    const kept = name === undefined ? undefined : this.kept.get(name);
    const index = Number(label);
    if (name === undefined || kept === undefined || index >= labelsOf(kept.picture)) {
      throw new NotFoundError('attention picture', id);
    }
    const drawing = kept.drawings.get(index) ?? this.draw(name, kept, index);
    kept.drawings.set(index, drawing);
    return drawing;
  }

  private keep(picture: AttentionPicture): string {
    const id = randomBytes(16).toString('base64url');
    this.ids.set(picture, id);
    const bytes = picture.values.byteLength + sourceBytes(picture.source);
    this.kept.set(id, { picture, drawings: new Map(), expiresAt: this.clock.now() + this.lifetime, bytes });
    this.bytes += bytes;
    this.dropExpired();
    return id;
  }

  private async draw(id: string, kept: Kept, label: number): Promise<Uint8Array> {
    const { source, rows, columns, values } = kept.picture;
    const map = values.slice(label * rows * columns, (label + 1) * rows * columns);
    try {
      const { png } = await this.drawing.run(() =>
        this.pool.run(renderJob, { source, rows, columns, values: map, longestSide: LONGEST_SIDE }),
      );
      if (this.kept.get(id) === kept) {
        kept.bytes += png.byteLength;
        this.bytes += png.byteLength;
        this.dropExpired();
      }
      return png;
    } catch (error) {
      kept.drawings.delete(label);
      throw error;
    }
  }

  /** Drops what is too old, then the oldest until the rest fits; the newest stays in any case. */
  private dropExpired(): void {
    const now = this.clock.now();
    for (const [id, { bytes, expiresAt }] of this.kept) {
      if (expiresAt > now && (this.bytes <= this.budget || this.kept.size === 1)) return;
      this.kept.delete(id);
      this.bytes -= bytes;
    }
  }
}

function labelsOf({ values, rows, columns }: AttentionPicture): number {
  return values.length / (rows * columns);
}
