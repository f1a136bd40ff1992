import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { renderJob } from '../jobs/render.job.js';
import { fitPicture, renderOverlayPng } from '../overlay/attention-png.js';
import { SourceDecoder } from './source-decoder.js';

/** Draws the picture of one attention map. */
@Injectable()
export class AttentionRenderer {
  constructor(private readonly decoder: SourceDecoder) {}

  async render(input: z.output<typeof renderJob.input>): Promise<z.input<typeof renderJob.output>> {
    const picture = await this.decoder.decode(input.source);
    const side = Math.min(input.longestSide, Math.max(picture.width, picture.height));
    const fitted = await fitPicture(picture, { width: side, height: side });
    return { png: await renderOverlayPng(fitted, input) };
  }
}
