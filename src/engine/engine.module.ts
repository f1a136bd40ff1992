import { Module } from '@nestjs/common';
import { PredictionModule } from '../prediction/prediction.module.js';
import { EngineDescriptionService } from './engine-description.service.js';
import { EngineResolver } from './engine.resolver.js';

/** Describes the compute engine over GraphQL, as the prediction processes report it. */
@Module({ imports: [PredictionModule], providers: [EngineDescriptionService, EngineResolver] })
export class EngineModule {}
