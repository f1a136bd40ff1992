import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigurationModule, loadConfiguration } from '../config/index.js';
import { PipelineAssembler } from '../pipeline/pipeline-assembler.js';
import { WeightFolder } from '../pipeline/weight-folder.js';
import { BackboneRecognizer } from '../pipeline/weights/backbone-recognizer.js';
import { PluginModule } from '../plugin/index.js';

/** The configured plugins and what assembles pipelines of them; no database. */
@Module({})
export class ParityModule {
  static async forRoot(): Promise<DynamicModule> {
    const configuration = loadConfiguration({});
    return {
      module: ParityModule,
      imports: [ConfigurationModule.forRoot(configuration), await PluginModule.forRoot(configuration.values.plugins)],
      providers: [BackboneRecognizer, PipelineAssembler, WeightFolder],
    };
  }
}
