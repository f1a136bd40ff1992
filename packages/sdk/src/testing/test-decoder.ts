import type { FeatureMapSize } from '../contracts/index.js';
import { createParameterDeclarations } from '../scope/index.js';
import type { ConformanceCheck, TestFramework } from './conformance.js';
import { declarationChecks, registerComponentChecks, resolveComponent } from './declaration-checks.js';
import type { ComponentUnderTest } from './declaration-checks.js';
import { batchInvarianceCheck, modelChecks } from './model-checks.js';
import { declared, input4d, normalBatch } from './subject.js';
import type { Subject } from './subject.js';

export interface DecoderUnderTest extends ComponentUnderTest {
  /** @default 2 x 3 cells of 8 channels */
  readonly featureMap?: FeatureMapSize;
  /** @default 5 */
  readonly labelCount?: number;
}

async function build(subject: DecoderUnderTest): Promise<Subject> {
  const { provider, options } = resolveComponent('decoder', subject);
  const { featureMap = { height: 2, width: 3, channels: 8 }, labelCount = 5 } = subject;
  const declarations = createParameterDeclarations();
  const built = await provider.build(options, { featureMap, labelCount, parameters: declarations });
  return {
    ...declared(declarations),
    inputs: (batch) => ({
      features: normalBatch('features', batch, [featureMap.height, featureMap.width, featureMap.channels]),
    }),
    differentiable: ['features'],
    forward: (scope, inputs) => ({ logits: built.forward(scope, input4d(inputs, 'features')).logits }),
    outputShapes: (batch) => ({ logits: [batch, labelCount] }),
  };
}

/** The checks that every decoder passes. */
export function decoderChecks(subject: DecoderUnderTest): readonly ConformanceCheck[] {
  const fresh = (): Promise<Subject> => build(subject);
  return [...declarationChecks('decoder', subject), ...modelChecks(fresh), batchInvarianceCheck(fresh)];
}

/** Registers the conformance checks of a decoder as tests. */
export function testDecoder(subject: DecoderUnderTest, framework: TestFramework): void {
  registerComponentChecks('decoder', subject, decoderChecks(subject), framework);
}
