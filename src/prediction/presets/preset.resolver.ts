import { Args, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { PIPELINE_PRESETS, presetNamed } from '../../pipeline/presets/presets.js';
import { MEASURED, PresetCostsService } from './preset-costs.service.js';
import { PipelinePresetType, PresetCost, PresetEstimate } from './preset.types.js';

const DEFAULT_BATCH = 32;
const batch = (): ParameterDecorator =>
  Args('batchSize', { type: () => Int, defaultValue: DEFAULT_BATCH, description: 'Images in one step, 1 to 4096.' });

@Resolver(() => PipelinePresetType)
export class PresetResolver {
  constructor(private readonly costs: PresetCostsService) {}

  @Query(() => [PipelinePresetType], {
    description: 'Pipelines with their recipes: those of the paper, then small ones for processors.',
  })
  pipelinePresets(
    @Args('name', { type: () => String, nullable: true, description: 'Only the one of this name.' }) name?: string,
  ): PipelinePresetType[] {
    const chosen = name === undefined || name === null ? PIPELINE_PRESETS : [presetNamed(name)];
    return chosen.map((preset) => ({ ...preset, definition: { ...preset.definition } }));
  }

  @ResolveField(() => PresetCost, { description: 'Parameters, operations and memory.' })
  async cost(@Parent() { name }: PipelinePresetType, @batch() batchSize: number): Promise<PresetCost> {
    return { batchSize, ...(await this.costs.profile(name, batchSize)) };
  }

  @ResolveField(() => PresetEstimate, {
    description: 'Time on this machine. The first time it is asked for, a training step is measured: some seconds.',
  })
  async estimate(@Parent() { name }: PipelinePresetType, @batch() batchSize: number): Promise<PresetEstimate> {
    const estimate = await this.costs.estimate(name, batchSize);
    return { batchSize, ...estimate, measuredPreset: MEASURED.preset, measuredBatchSize: MEASURED.batchSize };
  }
}
