import type { BuiltSchedule, ScheduleContext } from '../contracts/index.js';
import { ensure, immediate } from './conformance.js';
import type { ConformanceCheck, TestFramework } from './conformance.js';
import { declarationChecks, registerComponentChecks, resolveComponent } from './declaration-checks.js';
import type { ComponentUnderTest } from './declaration-checks.js';

/** Runs of one step, of less than one epoch, and of several epochs. */
const CONTEXTS: readonly ScheduleContext[] = [
  { learningRate: 0.1, totalSteps: 1, stepsPerEpoch: 1 },
  { learningRate: 1e-3, totalSteps: 2, stepsPerEpoch: 5 },
  { learningRate: 3e-4, totalSteps: 35, stepsPerEpoch: 7 },
  { learningRate: 1e-2, totalSteps: 400, stepsPerEpoch: 40 },
];
const ROUNDING = 1 + 1e-9;

function checkValues(schedule: BuiltSchedule, { learningRate: peak, totalSteps }: ScheduleContext): void {
  for (let step = 0; step < totalSteps; step++) {
    const { learningRate, momentum } = schedule.at(step);
    const where = `At step ${step} of ${totalSteps}`;
    ensure(
      Number.isFinite(learningRate) && learningRate >= 0 && learningRate <= peak * ROUNDING,
      `${where} the learning rate is ${learningRate}. Expected 0 to ${peak}, the recipe's.`,
    );
    ensure(
      momentum === undefined || (momentum >= 0 && momentum < 1),
      `${where} the momentum is ${momentum}. Expected at least 0 and less than 1, or none.`,
    );
  }
}

/** A resumed run asks a new schedule, and asks it first for a step in the middle. */
function checkMemory(build: (context: ScheduleContext) => BuiltSchedule, context: ScheduleContext): void {
  const steps = Array.from({ length: context.totalSteps }, (_, step) => step);
  const forwards = build(context);
  const inOrder = steps.map((step) => JSON.stringify(forwards.at(step)));
  const backwards = build(context);
  for (const step of steps.toReversed()) {
    const again = JSON.stringify(backwards.at(step));
    ensure(
      again === inOrder[step],
      `Step ${step} of ${context.totalSteps} is ${inOrder[step]} when steps are asked for in order, ${again} otherwise. ` +
        'A schedule is a function of the step alone: runs are resumed in the middle.',
    );
  }
}

/** The checks that every schedule passes. */
export function scheduleChecks(subject: ComponentUnderTest): readonly ConformanceCheck[] {
  const build = (context: ScheduleContext): BuiltSchedule => {
    const { provider, options } = resolveComponent('schedule', subject);
    return provider.build(options, context);
  };
  return [
    ...declarationChecks('schedule', subject),
    {
      name: "stays between 0 and the recipe's learning rate at each step",
      run: immediate(() => CONTEXTS.forEach((context) => checkValues(build(context), context))),
    },
    {
      name: 'gives each step the same values, in whatever order steps are asked for',
      run: immediate(() => CONTEXTS.forEach((context) => checkMemory(build, context))),
    },
    {
      name: 'trains: at least one step has a learning rate above 0',
      run: immediate(() => {
        for (const context of CONTEXTS) {
          const schedule = build(context);
          const rates = Array.from({ length: context.totalSteps }, (_, step) => schedule.at(step).learningRate);
          ensure(
            rates.some((rate) => rate > 0),
            `All ${context.totalSteps} steps have learning rate 0.`,
          );
        }
      }),
    },
  ];
}

/** Registers the conformance checks of a schedule as tests. */
export function testSchedule(subject: ComponentUnderTest, framework: TestFramework): void {
  registerComponentChecks('schedule', subject, scheduleChecks(subject), framework);
}
