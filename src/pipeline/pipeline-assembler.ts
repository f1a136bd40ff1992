import { Injectable } from '@nestjs/common';
import { createParameterDeclarations, type LabelStatistics, OptionsError } from '@query2label/sdk';
import { ComponentRegistry, invalidOptions } from '../plugin/index.js';
import type { AssembledPipeline } from './assembled-pipeline.js';
import { BuiltPipeline } from './built-pipeline.js';
import { freezeParameters } from './frozen-parameters.js';
import type { PipelineDefinition } from './pipeline-definition.js';
import { normalizationTables, type PipelineModel } from './programs/pipeline-model.js';
import { WeightFolder } from './weight-folder.js';
import { BackboneRecognizer } from './weights/backbone-recognizer.js';
import { BACKBONE_PREFIX } from './weights/parameter-target.js';

/** Builds backbone, decoder and loss of a definition and joins them. */
@Injectable()
export class PipelineAssembler {
  constructor(
    private readonly registry: ComponentRegistry,
    private readonly weights: WeightFolder,
    private readonly recognizer: BackboneRecognizer,
  ) {}

  /** The parts of `assemble`, for programs other than the platform's own; the same errors. */
  async build(definition: PipelineDefinition, labelCount: number, training?: LabelStatistics): Promise<PipelineModel> {
    const { image } = definition;
    const imageSize = { height: image.size, width: image.size };
    const backbone = this.registry.resolve('backbone', definition.backbone);
    const decoder = this.registry.resolve('decoder', definition.decoder);
    const loss = this.registry.resolve('loss', definition.loss);
    const declarations = createParameterDeclarations();

    const builtBackbone = await fitting('backbone', () =>
      backbone.provider.build(backbone.options, {
        imageSize,
        parameters: declarations.scope(BACKBONE_PREFIX.slice(0, -1)),
        assets: this.weights,
      }),
    );
    const builtDecoder = await fitting('decoder', () =>
      decoder.provider.build(decoder.options, {
        featureMap: builtBackbone.featureMap,
        labelCount,
        parameters: declarations,
      }),
    );
    const builtLoss = await fitting('loss', () => loss.provider.build(loss.options, { labelCount, training }));
    const normalization = image.normalization ?? builtBackbone.normalization;
    return {
      backbone: builtBackbone,
      decoder: builtDecoder,
      loss: builtLoss,
      normalization,
      imageSize,
      labelCount,
      parameters: freezeParameters(declarations.specs, definition.freeze),
      publishedBuffers: declarations.publishedBuffers,
      tables: { ...declarations.tables, ...normalizationTables(normalization, imageSize) },
    };
  }

  /**
   * Parameter names are those of the official state dict: `backbone.0.` before the backbone's, nothing before the decoder's.
   * @param training counts of the split that is trained on, for losses that weigh by them
   * @throws NotFoundError for an unknown component, InvalidInputError for options or prefixes that do not fit
   */
  async assemble(
    definition: PipelineDefinition,
    labelCount: number,
    training?: LabelStatistics,
  ): Promise<AssembledPipeline> {
    const model = await this.build(definition, labelCount, training);
    return new BuiltPipeline(definition, model, this.weights, this.recognizer);
  }

  /**
   * The definition with all options filled in by the components' own defaults, so that what is stored does not change its meaning
   * when a default does.
   */
  complete(definition: PipelineDefinition): PipelineDefinition {
    const { backbone, decoder, loss } = definition;
    return {
      ...definition,
      backbone: { ...backbone, options: { ...this.registry.resolve('backbone', backbone).options } },
      decoder: { ...decoder, options: { ...this.registry.resolve('decoder', decoder).options } },
      loss: { ...loss, options: { ...this.registry.resolve('loss', loss).options } },
    };
  }
}

/** Options that only turn out not to fit together while a part is built are the fault of the input, too. */
async function fitting<Built>(kind: string, build: () => Built | Promise<Built>): Promise<Built> {
  try {
    return await build();
  } catch (error) {
    if (error instanceof OptionsError) throw invalidOptions(error, kind);
    throw error;
  }
}
