import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { parse } from 'yaml';
import { builtInPlugin, registryOf } from '../../../test/support/component-registry.js';
import { ConfigurationService, loadConfiguration } from '../../config/index.js';
import { parseDefinition } from '../../pipeline/parse-definition.js';
import { PipelineAssembler } from '../../pipeline/pipeline-assembler.js';
import { WeightFolder } from '../../pipeline/weight-folder.js';
import { BackboneRecognizer } from '../../pipeline/weights/backbone-recognizer.js';
import { parseRecipe } from '../recipe.js';
import { planCells } from './plan-cells.js';

const FOLDER = fileURLToPath(new URL('../../../examples/ablations/', import.meta.url));
const LOSSES = ['asymmetric-loss', 'binary-cross-entropy', 'focal-loss', 'distribution-balanced-loss'];
const example = z.object({
  pipeline: z.unknown(),
  recipe: z.unknown(),
  axes: z.record(z.string(), z.array(z.unknown())),
  seeds: z.array(z.int()).min(2),
});

describe('the example ablations', () => {
  let assembler: PipelineAssembler;
  beforeAll(async () => {
    const registry = await registryOf(...['resnet', 'query2label', ...LOSSES].map(builtInPlugin));
    const weights = new WeightFolder(new ConfigurationService(loadConfiguration({ environment: {} })));
    assembler = new PipelineAssembler(registry, weights, new BackboneRecognizer(registry, weights));
  });

  it.each(readdirSync(FOLDER))('%s has combinations that fit together', async (file) => {
    const { axes, ...base } = example.parse(parse(readFileSync(FOLDER + file, 'utf8')));
    const cells = planCells(
      base,
      Object.entries(axes).map(([path, values]) => ({ path, values })),
    );
    expect(cells.length).toBeGreaterThan(3);
    for (const { pipeline, recipe } of cells) {
      const { parameters } = await assembler.assemble(parseDefinition(pipeline), 16);
      expect(parameters.length).toBeGreaterThan(60);
      expect(parseRecipe(recipe).epochs).toBe(4);
    }
  });
});
