import { Injectable } from '@nestjs/common';
import { InvalidInputError, NotFoundError } from '../../common/errors/index.js';
import { type ConnectionArguments, type Page, paginate } from '../../common/graphql/index.js';
import { newIdentifier } from '../../common/identifiers.js';
import { DatabaseService } from '../../database/index.js';
import { PipelineService } from '../../pipeline/pipeline.service.js';
import { changedDefinition, presetNamed } from '../../pipeline/presets/presets.js';
import type { TrainingRun } from '../entities/index.js';
import { isFinished } from '../run-status.js';
import { TrainingService } from '../training.service.js';
import { Ablation, type StoredCell } from './ablation.entity.js';
import type { AblationReport } from './ablation-report.js';
import { type AblationAxis, type AblationBase, planCells, type PlannedCell } from './plan-cells.js';
import { summarizeCell } from './summarize-cell.js';

export interface NewAblation {
  readonly name: string;
  readonly datasetId: string;
  readonly preset?: string | null;
  readonly pipeline?: Readonly<Record<string, unknown>> | null;
  readonly recipe?: Readonly<Record<string, unknown>> | null;
  /** Lists of values by place. */
  readonly axes: Readonly<Record<string, unknown>>;
  readonly seeds: readonly number[];
}

const MOST_RUNS = 1000;

/** Starts grids of training runs and reads what they have come to. The runs queue like any others. */
@Injectable()
export class AblationService {
  constructor(
    private readonly database: DatabaseService,
    private readonly pipelines: PipelineService,
    private readonly training: TrainingService,
  ) {}

  /**
   * Checks every combination before it starts any.
   * @throws InvalidInputError with the combination at fault, NotFoundError, ConflictError (dataset not ready)
   */
  async start(input: NewAblation): Promise<Ablation> {
    const { name, datasetId, seeds } = input;
    const axes = axesOf(input.axes);
    const cells = planCells(baseOf(input), axes);
    checkSeeds(seeds, cells.length);
    for (const cell of cells) await this.check(cell, datasetId);
    const stored: StoredCell[] = [];
    let metric = '';
    for (const { settings, pipeline, recipe } of cells) {
      const { id: pipelineId } = await this.pipelines.create({ name, definition: pipeline });
      const runIds: string[] = [];
      for (const seed of seeds) {
        const run = await this.training.start({ pipelineId, datasetId, recipe: withSeed(recipe, seed) });
        metric = run.recipe.metrics[0].name;
        runIds.push(run.id);
      }
      stored.push({ settings, runIds });
    }
    const ablation = Object.assign(new Ablation(), {
      ...{ id: newIdentifier(), name, datasetId, axes, seeds, metric },
      ...{ cells: stored, createdAt: new Date() },
    });
    await this.database.write((manager) => manager.save(ablation));
    return ablation;
  }

  /** Ends its runs that are not over. */
  async cancel(id: string): Promise<Ablation> {
    const ablation = await this.get(id);
    for (const run of await this.runs(ablation)) if (!isFinished(run.status)) await this.training.cancel(run.id);
    return ablation;
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<Ablation> {
    const ablation = await this.database.read.findOneBy(Ablation, { id });
    if (ablation === null) throw new NotFoundError('ablation', id);
    return ablation;
  }

  page(page: ConnectionArguments): Promise<Page<Ablation>> {
    return paginate(this.database.read.createQueryBuilder(Ablation, 'ablation'), 'ablation', page);
  }

  /** In the order of the cells and, within them, of the seeds. */
  async runs({ cells }: Ablation): Promise<readonly TrainingRun[]> {
    const ids = cells.flatMap(({ runIds }) => runIds);
    const byId = new Map((await this.training.many(ids)).map((run) => [run.id, run]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /** What its runs have reached so far. */
  async report(ablation: Ablation): Promise<AblationReport> {
    const byId = new Map((await this.runs(ablation)).map((run) => [run.id, run.bestMetric]));
    const { name, metric, axes } = ablation;
    const cells = ablation.cells.map(({ settings, runIds }) => {
      const values = runIds.map((id) => byId.get(id) ?? null);
      return { settings, values, ...summarizeCell(values) };
    });
    return { name, metric, paths: axes.map(({ path }) => path), cells };
  }

  private async check({ settings, pipeline, recipe }: PlannedCell, datasetId: string): Promise<void> {
    try {
      const definition = await this.pipelines.check(pipeline);
      await this.training.check({ definition, datasetId, recipe });
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      const faults = error.fields.map(({ path, message }) => ({ path, message }));
      throw new InvalidInputError(`With ${JSON.stringify(settings)}: ${error.message}`, faults, error.help);
    }
  }
}

function baseOf({ preset, pipeline, recipe }: NewAblation): AblationBase {
  if (preset === undefined || preset === null) return { pipeline: pipeline ?? {}, recipe: recipe ?? {} };
  const chosen = presetNamed(preset);
  return { pipeline: changedDefinition(chosen, pipeline ?? undefined), recipe: { ...chosen.recipe, ...recipe } };
}

function axesOf(axes: NewAblation['axes']): AblationAxis[] {
  return Object.entries(axes).map(([path, values]) => {
    if (Array.isArray(values)) return { path, values };
    throw InvalidInputError.field(`axes.${path}`, `received ${JSON.stringify(values)}; expected a list of values`);
  });
}

function checkSeeds(seeds: readonly number[], cells: number): void {
  if (seeds.length === 0) throw InvalidInputError.field('seeds', 'received none; expected at least one');
  if (new Set(seeds).size !== seeds.length) throw InvalidInputError.field('seeds', 'a seed is given twice');
  if (seeds.length * cells > MOST_RUNS) {
    throw InvalidInputError.field('seeds', `they make ${seeds.length * cells} runs; expected at most ${MOST_RUNS}`);
  }
}

const withSeed = (recipe: unknown, seed: number): unknown =>
  typeof recipe === 'object' && recipe !== null ? { ...recipe, seed } : recipe;
