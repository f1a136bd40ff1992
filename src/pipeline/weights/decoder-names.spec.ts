import { beforeAll, describe, expect, it } from '@jest/globals';
import { builtInPlugin, registryOf } from '../../../test/support/component-registry.js';
import { statedLabelCount } from '../../checkpoint/transfer/label-count.js';
import type { StoredTensor } from '../../common/weight-file/index.js';
import { ConfigurationService, loadConfiguration } from '../../config/index.js';
import { parseDefinition } from '../parse-definition.js';
import { PipelineAssembler } from '../pipeline-assembler.js';
import { WeightFolder } from '../weight-folder.js';
import { BackboneRecognizer } from './backbone-recognizer.js';
import { matchParameters } from './match-parameters.js';

const LABELS = 211;
const definition = parseDefinition({
  backbone: { name: 'tresnet', options: { width: 4, blocks: [1, 1, 1, 1] } },
  decoder: { name: 'ml-decoder', options: { groups: 50, hiddenSize: 16, feedForwardSize: 24 } },
  loss: { name: 'binary-cross-entropy' },
  image: { size: 64 },
});

/** As the official ML-Decoder saves it: TResNet's own names, the decoder as its head. */
const officialName = (name: string): string =>
  name.startsWith('backbone.0.body.') ? name.slice('backbone.0.body.'.length) : `head.${name}`;

describe('a file that names the decoder apart from the backbone', () => {
  let assembler: PipelineAssembler;
  beforeAll(async () => {
    const plugins = ['tresnet', 'ml-decoder', 'binary-cross-entropy'];
    const registry = await registryOf(...plugins.map(builtInPlugin));
    const weights = new WeightFolder(new ConfigurationService(loadConfiguration({ environment: {} })));
    assembler = new PipelineAssembler(registry, weights, new BackboneRecognizer(registry, weights));
  });

  it('fits every parameter, and tells the number of labels', async () => {
    const { parameters, target } = await assembler.assemble(definition, LABELS);
    const tensors = parameters.map(({ name, shape }): StoredTensor => ({
      name: officialName(name),
      elementType: 'float32',
      shape,
      read: () => Promise.resolve(new Float32Array(shape.reduce((product, extent) => product * extent, 1))),
    }));
    const match = matchParameters(target, tensors, false);
    expect([match.missing, match.unexpected, match.conflicts]).toEqual([[], [], []]);
    expect(match.placements.every(({ spec, tensor }) => tensor.name === officialName(spec.name))).toBe(true);
    // 50 queries and 5 labels of each: neither is the number of labels
    expect((await statedLabelCount(assembler, definition, tensors))?.count).toBe(LABELS);
  });
});
