import type { ImageSize, WeightAssets } from '../contracts/index.js';
import { createParameterDeclarations } from '../scope/index.js';
import { ensure } from './conformance.js';
import type { ConformanceCheck, TestFramework } from './conformance.js';
import { declarationChecks, registerComponentChecks, resolveComponent } from './declaration-checks.js';
import type { ComponentUnderTest } from './declaration-checks.js';
import { batchChecks, modelChecks } from './model-checks.js';
import { declared, input4d, normalBatch } from './subject.js';
import type { Subject } from './subject.js';

export interface BackboneUnderTest extends ComponentUnderTest {
  /** Not square, so that exchanged height and width are noticed. @default 64 x 96 */
  readonly imageSize?: ImageSize;
  /** Weight files, if the backbone reads any. */
  readonly assets?: WeightAssets;
}

const NO_ASSETS: WeightAssets = {
  list: () => Promise.resolve([]),
  read: (name) => Promise.reject(new Error(`There is no weights file "${name}": the test gives no assets.`)),
};

async function build(subject: BackboneUnderTest): Promise<Subject> {
  const { provider, options } = resolveComponent('backbone', subject);
  const { imageSize = { height: 64, width: 96 }, assets = NO_ASSETS } = subject;
  const declarations = createParameterDeclarations('backbone.0.');
  const built = await provider.build(options, { imageSize, parameters: declarations, assets });
  const { height, width, channels } = built.featureMap;
  ensure(
    built.normalization.std.every((value) => value > 0),
    'Every standard deviation of the normalisation must be positive.',
  );
  return {
    ...declared(declarations),
    inputs: (batch) => ({ images: normalBatch('images', batch, [imageSize.height, imageSize.width, 3]) }),
    differentiable: ['images'],
    forward: (scope, inputs) => ({ features: built.forward(scope, input4d(inputs, 'images')) }),
    outputShapes: (batch) => ({ features: [batch, height, width, channels] }),
  };
}

/** The checks that every backbone passes. Small options and images keep them fast. */
export function backboneChecks(subject: BackboneUnderTest): readonly ConformanceCheck[] {
  const fresh = (): Promise<Subject> => build(subject);
  return [...declarationChecks('backbone', subject), ...modelChecks(fresh), ...batchChecks(fresh)];
}

/** Registers the conformance checks of a backbone as tests: `testBackbone({ provider: new TinyNet() }, { describe, it })`. */
export function testBackbone(subject: BackboneUnderTest, framework: TestFramework): void {
  registerComponentChecks('backbone', subject, backboneChecks(subject), framework);
}
