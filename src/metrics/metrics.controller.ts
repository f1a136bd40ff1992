import { Controller, Get, Header, Headers, Res } from '@nestjs/common';
import type { Response } from 'express';
import { isSameText } from '../common/same-text.js';
import { ConfigurationService } from '../config/index.js';
import { MetricsService } from './metrics.service.js';

/** What a monitoring system reads every few seconds. */
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: MetricsService,
    private readonly configuration: ConfigurationService,
  ) {}

  /** All figures in the text format of Prometheus; 404 where they are off, 401 without the token that is asked for. */
  @Get()
  @Header('cache-control', 'no-store')
  async read(@Res() response: Response, @Headers('authorization') authorization = ''): Promise<void> {
    const { access, token } = this.configuration.values.metrics;
    if (access === 'off') {
      response.status(404).json({ code: 'NOT_FOUND', message: 'Figures are off; Q2L_METRICS=on serves them.' });
    } else if (token !== '' && !isSameText(authorization, `Bearer ${token}`)) {
      response.setHeader('www-authenticate', 'Bearer');
      response.status(401).json({ code: 'UNAUTHORIZED', message: 'Send the token of Q2L_METRICS_TOKEN as bearer token.' }); // prettier-ignore
    } else {
      response.setHeader('content-type', this.metrics.contentType);
      response.end(await this.metrics.read());
    }
  }
}
