import type { BuiltDecoder, DecoderOutput, FeatureMapSize } from '../contracts/index.js';
import { createParameterDeclarations } from '../scope/index.js';
import { ensure } from './conformance.js';
import type { ConformanceCheck, TestFramework } from './conformance.js';
import { declarationChecks, registerComponentChecks, resolveComponent } from './declaration-checks.js';
import type { ComponentUnderTest } from './declaration-checks.js';
import { batchChecks, modelChecks } from './model-checks.js';
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
    forward: (scope, inputs) => {
      const { logits, attention } = built.forward(scope, input4d(inputs, 'features'));
      checkAttention(built, attention, labelCount);
      return { logits };
    },
    outputShapes: (batch) => ({ logits: [batch, labelCount] }),
  };
}

/** What `BuiltDecoder.attention` says is what the forward pass hands back. @throws ConformanceError if it is not */
function checkAttention(
  { attention: said }: BuiltDecoder,
  handed: DecoderOutput['attention'],
  labelCount: number,
): void {
  const layers = said?.layers ?? 0;
  ensure(
    handed.length === layers,
    `The decoder hands back the attention of ${handed.length} layers, but "attention" says ${layers}.`,
  );
  for (const { shape } of handed) {
    const [, heads, queries] = shape;
    ensure(heads === said?.heads, `The attention has ${heads} heads, but "attention" says ${said?.heads ?? 'none'}.`);
    const ofLabels = said.queries ?? Array.from({ length: labelCount }, (_, label) => label);
    ensure(
      ofLabels.length === labelCount && ofLabels.every((query) => query >= 0 && query < queries),
      `The attention has ${queries} queries; expected one for each of ${labelCount} labels, or "attention.queries" to name each label's.`,
    );
  }
}

/** The checks that every decoder passes. */
export function decoderChecks(subject: DecoderUnderTest): readonly ConformanceCheck[] {
  const fresh = (): Promise<Subject> => build(subject);
  return [...declarationChecks('decoder', subject), ...modelChecks(fresh), ...batchChecks(fresh)];
}

/** Registers the conformance checks of a decoder as tests. */
export function testDecoder(subject: DecoderUnderTest, framework: TestFramework): void {
  registerComponentChecks('decoder', subject, decoderChecks(subject), framework);
}
