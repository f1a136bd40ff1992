import { Injectable } from '@nestjs/common';
import { createEngine, type EngineDescription } from '@query2label/engine';
import { ConfigurationService } from '../config/index.js';

/** Tells which engine the workers use. It starts one to ask it and lets it go: nothing is computed in this process. */
@Injectable()
export class EngineDescriptionService {
  private description: Promise<EngineDescription> | undefined;

  constructor(private readonly configuration: ConfigurationService) {}

  /** @throws EngineError if the configured engine is not available here */
  describe(): Promise<EngineDescription> {
    this.description ??= this.ask().catch((error: unknown) => {
      this.description = undefined;
      throw error;
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
