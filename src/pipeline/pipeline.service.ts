import { Injectable } from '@nestjs/common';
import { InvalidInputError, NotFoundError } from '../common/errors/index.js';
import { type ConnectionArguments, type Page, paginate } from '../common/graphql/index.js';
import { newIdentifier } from '../common/identifiers.js';
import { DatabaseService } from '../database/index.js';
import { canonicalHash } from './canonical-hash.js';
import { parseDefinition } from './parse-definition.js';
import { changedDefinition, presetNamed } from './presets/presets.js';
import { PipelineAssembler } from './pipeline-assembler.js';
import type { PipelineDefinition } from './pipeline-definition.js';
import { Pipeline } from './pipeline.entity.js';

export interface NewPipeline {
  readonly name: string;
  /** Name of a preset to start from. */
  readonly preset?: string | null;
  /** As a person writes it; checked here. With a preset, only what differs from it. */
  readonly definition?: unknown;
}

/** Labels that a definition is tried with before any dataset is known. */
const TRIAL_LABELS = 3;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,199}$/u;

/** Stores and finds pipelines. */
@Injectable()
export class PipelineService {
  constructor(
    private readonly database: DatabaseService,
    private readonly assembler: PipelineAssembler,
  ) {}

  /**
   * Checks a definition by building its parts and stores it under the next version of its name. An equal definition under the same
   * name is not stored twice.
   * @throws InvalidInputError, or NotFoundError for a component or weights file that does not exist
   */
  async create({ name, preset, definition: input }: NewPipeline): Promise<Pipeline> {
    if (!NAME.test(name)) {
      throw InvalidInputError.field(
        'name',
        `"${name}" is not a name: expected 1 to 200 letters, digits, blanks, dots, hyphens or underscores, starting with a letter or digit`,
      );
    }
    const definition = await this.check(this.wanted(preset ?? undefined, input ?? undefined));
    const hash = canonicalHash(definition);
    return this.database.writeUnique(`pipeline "${name}"`, async (manager) => {
      const newest = await manager.findOne(Pipeline, { where: { name }, order: { version: 'DESC' } });
      if (newest?.hash === hash) return newest;
      const pipeline = manager.create(Pipeline, {
        id: newIdentifier(),
        name,
        version: (newest?.version ?? 0) + 1,
        definition,
        hash,
        createdAt: new Date(),
      });
      return manager.save(pipeline);
    });
  }

  private wanted(preset: string | undefined, definition: unknown): unknown {
    if (preset !== undefined) return changedDefinition(presetNamed(preset), definition);
    if (definition !== undefined) return definition;
    throw InvalidInputError.field('definition', 'received neither a definition nor a preset; expected one of them');
  }

  /** The definition, complete, if its components exist, accept their options and fit together. */
  async check(input: unknown): Promise<PipelineDefinition> {
    const definition = this.assembler.complete(parseDefinition(input));
    await this.assembler.assemble(definition, TRIAL_LABELS);
    return definition;
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<Pipeline> {
    const pipeline = await this.database.read.findOneBy(Pipeline, { id });
    if (pipeline === null) throw new NotFoundError('pipeline', id);
    return pipeline;
  }

  /** The newest version of a name, or one version of it. */
  async find(name: string, version?: number): Promise<Pipeline | null> {
    return this.database.read.findOne(Pipeline, {
      where: version === undefined ? { name } : { name, version },
      order: { version: 'DESC' },
    });
  }

  async page(page: ConnectionArguments, name?: string): Promise<Page<Pipeline>> {
    const query = this.database.read.createQueryBuilder(Pipeline, 'pipeline');
    if (name !== undefined) query.where('pipeline.name = :name', { name });
    return paginate(query, 'pipeline', page);
  }
}
