import { Injectable } from '@nestjs/common';
import { createEngine, type EngineDescription, EngineError } from '@query2label/engine';
import { ExpectedError } from '../common/errors/index.js';
import { ConfigurationService } from '../config/index.js';

/** Tells which engine the workers use. It starts one to ask it and lets it go: nothing is computed in this process. */
@Injectable()
export class EngineDescriptionService {
  private description: Promise<EngineDescription> | undefined;

  constructor(private readonly configuration: ConfigurationService) {}

  /** @throws ExpectedError if the configured engine is not available here */
  describe(): Promise<EngineDescription> {
    this.description ??= this.ask().catch((error: unknown) => {
      this.description = undefined;
      if (!(error instanceof EngineError)) throw error;
      throw new ExpectedError('ENGINE_UNAVAILABLE', error.message, {
        help: 'Set Q2L_ENGINE to an engine that is installed here.',
        cause: error,
      });
    });
    return this.description;
  }

  private async ask(): Promise<EngineDescription> {
    const { name, threads, executionProviders } = this.configuration.values.engine;
    const engine = await createEngine({
      engine: name,
      executionProviders,
      ...(threads > 0 && { threads }),
    });
    const { description } = engine;
    await engine.dispose();
    return description;
  }
}
