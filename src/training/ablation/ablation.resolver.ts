import { Args, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  ConnectionArguments,
  expectErrors,
  JSONObject,
  type Page,
  type UserError,
} from '../../common/graphql/index.js';
import { isFinished } from '../run-status.js';
import { Ablation } from './ablation.entity.js';
import { ablationPlot } from './ablation-plot.js';
import { AblationService } from './ablation.service.js';
import { ablationTable } from './ablation-table.js';
import {
  AblationCell,
  AblationConnection,
  CancelAblationResult,
  StartAblationInput,
  StartAblationResult,
} from './ablation.types.js';

const ablationId = (): ParameterDecorator => Args('id', { type: () => ID, description: 'Id of the ablation.' });

@Resolver(() => Ablation)
export class AblationResolver {
  constructor(private readonly service: AblationService) {}

  @Query(() => AblationConnection, { description: 'Ablations, newest first.' })
  ablations(@Args() page: ConnectionArguments): Promise<Page<Ablation>> {
    return this.service.page(page);
  }

  @Query(() => Ablation, { description: 'One ablation.' })
  ablation(@ablationId() id: string): Promise<Ablation> {
    return this.service.get(id);
  }

  @Mutation(() => StartAblationResult, {
    description: 'Checks every combination of a grid, then queues a training run for each of them and each seed.',
  })
  startAblation(@Args('input') input: StartAblationInput): Promise<Ablation | UserError> {
    return expectErrors(() => this.service.start(input));
  }

  @Mutation(() => CancelAblationResult, { description: 'Ends the runs of an ablation that are not over.' })
  cancelAblation(@ablationId() id: string): Promise<Ablation | UserError> {
    return expectErrors(() => this.service.cancel(id));
  }

  @ResolveField(() => JSONObject, { description: 'The lists of values by place.' })
  axes(@Parent() { axes }: Ablation): Readonly<Record<string, unknown>> {
    return Object.fromEntries(axes.map(({ path, values }) => [path, values]));
  }

  @ResolveField(() => Int, { description: 'Number of its runs.' })
  runCount(@Parent() { cells }: Ablation): number {
    return cells.reduce((sum, { runIds }) => sum + runIds.length, 0);
  }

  @ResolveField(() => Int, { description: 'How many of them are over.' })
  async finishedCount(@Parent() ablation: Ablation): Promise<number> {
    return (await this.service.runs(ablation)).filter(({ status }) => isFinished(status)).length;
  }

  @ResolveField(() => [AblationCell], { description: 'Every combination with its runs and what they have reached.' })
  async cells(@Parent() ablation: Ablation): Promise<AblationCell[]> {
    const runs = new Map((await this.service.runs(ablation)).map((run) => [run.id, run]));
    const { paths, cells } = await this.service.report(ablation);
    return cells.map(({ settings, mean, spread }, index) => ({
      settings: Object.fromEntries(paths.map((path, axis) => [path, settings[axis]])),
      runs: ablation.cells[index].runIds.flatMap((id) => runs.get(id) ?? []),
      mean,
      spread,
    }));
  }

  @ResolveField(() => String, { description: 'Table in Markdown: mean, spread and the value of every run.' })
  async table(@Parent() ablation: Ablation): Promise<string> {
    return ablationTable(await this.service.report(ablation));
  }

  @ResolveField(() => String, { description: 'Plot as SVG.' })
  async plot(@Parent() ablation: Ablation): Promise<string> {
    return ablationPlot(await this.service.report(ablation));
  }
}
