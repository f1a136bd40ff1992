import { Module } from '@nestjs/common';
import { EngineDescriptionService } from './engine-description.service.js';
import { EngineResolver } from './engine.resolver.js';

/** Describes the compute engine over GraphQL. */
@Module({ providers: [EngineDescriptionService, EngineResolver] })
export class EngineModule {}
