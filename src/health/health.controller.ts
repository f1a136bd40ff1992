import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import type { Response } from 'express';
import { type HealthCheck, HealthService } from './health.service.js';

export interface HealthAnswer {
  readonly status: 'ready' | 'not ready';
  readonly checks: readonly HealthCheck[];
}

/** For whatever watches over the process: `live` asks to restart it, `ready` to send it requests. */
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** Answers as long as the process serves requests at all. */
  @Get('live')
  @HttpCode(200)
  live(): { readonly status: 'live' } {
    return { status: 'live' };
  }

  /** 200 if every check is ok, else 503 with the reasons. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) response: Response): Promise<HealthAnswer> {
    const checks = await this.health.check();
    const ready = checks.every(({ ok }) => ok);
    response.status(ready ? 200 : 503);
    return { status: ready ? 'ready' : 'not ready', checks };
  }
}
