import type { NamedValues } from '@query2label/engine';
import type { LabelStatistics } from '../contracts/index.js';
import { createParameterDeclarations } from '../scope/index.js';
import { ensureFinite } from './comparisons.js';
import { ensure } from './conformance.js';
import type { ConformanceCheck, TestFramework } from './conformance.js';
import { declarationChecks, registerComponentChecks, resolveComponent } from './declaration-checks.js';
import type { ComponentUnderTest } from './declaration-checks.js';
import { differentiate } from './laboratory.js';
import { modelChecks } from './model-checks.js';
import { declared, input2d, normalBatch } from './subject.js';
import type { Subject } from './subject.js';

export interface LossUnderTest extends ComponentUnderTest {
  /** False for a loss that treats part of itself as a constant, so that its gradient is not its slope. @default true */
  readonly gradientIsSlope?: boolean;
  /** Of seven labels, for a loss that weighs by them. */
  readonly training?: LabelStatistics;
}

const EXTREME_LOGITS = [-200, -100, -30, 0, 30, 100, 200];
/** One count for all checks: a loss may have options for each label. */
const LABELS = EXTREME_LOGITS.length;

function build(subject: LossUnderTest): Promise<Subject> {
  const { provider, options } = resolveComponent('loss', subject);
  const built = provider.build(options, { labelCount: LABELS, training: subject.training });
  return Promise.resolve({
    ...declared(createParameterDeclarations()),
    inputs: (batch) => ({
      logits: normalBatch('logits', batch, [LABELS]),
      targets: {
        dtype: 'float32',
        shape: [batch, LABELS],
        data: Float32Array.from({ length: batch * LABELS }, (_, index) => (index % 3) - 1),
      },
    }),
    differentiable: ['logits'],
    forward: (scope, inputs) => ({ loss: built.forward(scope, input2d(inputs, 'logits'), input2d(inputs, 'targets')) }),
    outputShapes: () => ({ loss: [] }),
  });
}

/** Logits from -200 to 200, each with every kind of target. */
function extremeInputs(): NamedValues {
  const shape = [3, EXTREME_LOGITS.length];
  const targets = [-1, 0, 1].flatMap((target) => EXTREME_LOGITS.map(() => target));
  return {
    logits: {
      dtype: 'float32',
      shape,
      data: Float32Array.from([...EXTREME_LOGITS, ...EXTREME_LOGITS, ...EXTREME_LOGITS]),
    },
    targets: { dtype: 'float32', shape, data: Float32Array.from(targets) },
  };
}

function lossOnlyChecks(fresh: () => Promise<Subject>): readonly ConformanceCheck[] {
  return [
    {
      name: 'is finite, with finite gradients, for logits from -200 to 200',
      run: async () => {
        const { value, gradients } = await differentiate(await fresh(), {}, extremeInputs());
        ensure(Number.isFinite(value), `The loss is ${value} for extreme logits.`);
        ensureFinite('The gradient of the logits', gradients.logits);
      },
    },
    {
      name: 'gives unknown labels neither value nor gradient',
      run: async () => {
        const subject = await fresh();
        const inputs = subject.inputs(2);
        const { logits, targets } = inputs;
        const changed = { ...logits, data: logits.data.map((x, index) => (targets.data[index] === -1 ? 50 : x)) };
        const [before, after] = [
          await differentiate(subject, {}, inputs),
          await differentiate(subject, {}, { ...inputs, logits: changed }),
        ];
        ensure(
          before.value === after.value,
          `The loss went from ${before.value} to ${after.value} with an unknown label's logit.`,
        );
        targets.data.forEach((target, index) => {
          const gradient = before.gradients.logits.data[index];
          ensure(target !== -1 || gradient === 0, `The logit of an unknown label has gradient ${gradient}.`);
        });
      },
    },
  ];
}

/** The checks that every loss passes. */
export function lossChecks(subject: LossUnderTest): readonly ConformanceCheck[] {
  const fresh = (): Promise<Subject> => build(subject);
  const shared = modelChecks(fresh).filter(
    ({ name }) => subject.gradientIsSlope !== false || !name.includes('finite differences'),
  );
  return [...declarationChecks('loss', subject), ...shared, ...lossOnlyChecks(fresh)];
}

/** Registers the conformance checks of a loss as tests. */
export function testLoss(subject: LossUnderTest, framework: TestFramework): void {
  registerComponentChecks('loss', subject, lossChecks(subject), framework);
}
