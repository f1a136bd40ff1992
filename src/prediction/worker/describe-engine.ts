import { listProviders } from '@query2label/engine';
import type { z } from 'zod';
import type { engineJob } from '../jobs/engine.job.js';
import type { Models } from './models.js';

/** Describes the engine that this process computes with, and tries the providers that it could use. */
export async function describeEngine(models: Models): Promise<z.input<typeof engineJob.output>> {
  const { description } = await models.engine();
  const providers = description.name === 'onnxruntime' ? await listProviders() : [];
  return { ...description, providers: [...providers] };
}
