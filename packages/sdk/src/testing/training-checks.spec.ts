import { describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { Augmentation, Importer, Metric, Optimizer, Schedule } from '../decorators/index.js';
import type {
  AugmentationProvider,
  BuiltAugmentation,
  BuiltMetric,
  BuiltOptimizer,
  BuiltSchedule,
  ImporterProvider,
  ImportRecord,
  ImportSource,
  MetricProvider,
  OptimizerProvider,
  ScheduleProvider,
} from '../contracts/index.js';
import { augmentationChecks, importerChecks, metricChecks, optimizerChecks, scheduleChecks } from './index.js';
import type { ConformanceCheck } from './index.js';

const options = z.strictObject({ fault: z.string().default('none').describe('What is wrong with it') });
type Options = z.output<typeof options>;
const declare = (name: string) => ({ name, description: 'Has a fault of choice', options });

@Schedule(declare('faulty-schedule'))
class FaultySchedule implements ScheduleProvider<Options> {
  build({ fault }: Options, { learningRate, totalSteps }: { learningRate: number; totalSteps: number }): BuiltSchedule {
    let asked = 0;
    return {
      at: (step) => {
        const part = fault === 'memory' ? ++asked / 1e6 : (step + 1) / totalSteps;
        if (fault === 'asleep') return { learningRate: 0 };
        return { learningRate: learningRate * part * (fault === 'above' ? 2 : 1) };
      },
    };
  }
}

@Optimizer(declare('faulty-optimizer'))
class FaultyOptimizer implements OptimizerProvider<Options> {
  build({ fault }: Options): BuiltOptimizer {
    let steps = 0;
    return {
      stateNames: ['sum'],
      scalars: (step, { learningRate }) => ({ rate: fault === 'scalars' && step > 1000 ? Infinity : learningRate }),
      update: (_spec, parameter, gradient, state, { rate }) => {
        const sum = tf.add(tf.mul(state.sum, 0.5), gradient);
        if (fault === 'leak') tf.keep(tf.relu(sum));
        const change = tf.mul(sum, fault === 'memory' ? tf.mul(rate, 1 / ++steps) : rate);
        const next = fault === 'uphill' ? tf.add(parameter, change) : tf.sub(parameter, change);
        const kept: Record<string, tf.Tensor> = fault === 'state' ? {} : { sum };
        return { parameter: next, state: kept };
      },
    };
  }
}

@Augmentation(declare('faulty-augmentation'))
class FaultyAugmentation implements AugmentationProvider<Options> {
  build({ fault }: Options): BuiltAugmentation {
    return {
      apply: (image, random) => {
        const data = fault === 'in-place' ? image.data : image.data.slice();
        const shift = fault === 'memory' ? Math.floor(Math.random() * 256) : random.integer(256);
        data.forEach((value, place) => (data[place] = (value + shift) % 256));
        return { ...image, data: fault === 'size' ? data.slice(1) : data };
      },
    };
  }
}

@Metric(declare('faulty-metric'))
class FaultyMetric implements MetricProvider<Options> {
  build({ fault }: Options): BuiltMetric {
    return {
      compute: ({ scores, targets, labels }) => {
        if (fault === 'changes') scores[0] = 0;
        const known = targets.reduce((sum, target) => sum + (target === -1 ? 0 : 1), 0);
        const right = targets.reduce(
          (sum, target, place) => sum + (target === (scores[place] > 0.5 ? 1 : 0) ? 1 : 0),
          0,
        );
        const share = right / known;
        if (fault === 'order') return { value: share * scores[0] };
        if (fault === 'nan' || known > 0) {
          return {
            value: fault === 'upside-down' ? 1 - share : share,
            perLabel: fault === 'labels' ? [share] : Array.from({ length: labels }, () => share),
          };
        }
        return { value: null };
      },
    };
  }
}

@Importer(declare('faulty-importer'))
class FaultyImporter implements ImporterProvider<Options> {
  async *read({ fault }: Options, source: ImportSource): AsyncIterable<ImportRecord> {
    if (fault !== 'silent' && !(await source.exists('list'))) throw new Error('There is no file "list".');
    if (!(await source.exists('list'))) return;
    const text = source.openText('list')[Symbol.asyncIterator]();
    await text.next();
    if (fault !== 'late') yield { kind: 'label', name: 'cat' };
    if (fault === 'twice') yield { kind: 'label', name: 'cat' };
    for (const path of ['a.jpg', fault === 'outside' ? '../b.jpg' : 'b.jpg']) {
      if (path === 'a.jpg' && fault !== 'open') await text.return?.();
      yield { kind: 'image', path, split: 'train', labels: ['cat'], unknownLabels: fault === 'both' ? ['cat'] : [] };
    }
  }
}

async function failures(checks: readonly ConformanceCheck[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of checks) await run().catch(() => failed.push(name));
  return failed;
}

const kit: Readonly<Record<string, (fault: string) => readonly ConformanceCheck[]>> = {
  schedule: (fault) => scheduleChecks({ provider: new FaultySchedule(), options: { fault } }),
  optimizer: (fault) => optimizerChecks({ provider: new FaultyOptimizer(), options: { fault } }),
  augmentation: (fault) => augmentationChecks({ provider: new FaultyAugmentation(), options: { fault } }),
  metric: (fault) => metricChecks({ provider: new FaultyMetric(), options: { fault } }),
  importer: (fault) =>
    importerChecks({ provider: new FaultyImporter(), options: { fault }, files: { list: 'longer than one piece' } }),
};

describe('conformance checks', () => {
  it.each(Object.keys(kit))('pass for a sound %s', async (kind) => {
    expect(await failures(kit[kind]('none'))).toEqual([]);
  });

  it.each([
    ['schedule', 'above', "stays between 0 and the recipe's learning rate at each step"],
    ['schedule', 'memory', 'gives each step the same values, in whatever order steps are asked for'],
    ['schedule', 'asleep', 'trains: at least one step has a learning rate above 0'],
    ['optimizer', 'scalars', 'gives finite scalars that follow from the step alone'],
    ['optimizer', 'leak', 'answers parameters and state of the shapes that it is given, and leaves no tensors behind'],
    ['optimizer', 'state', 'answers parameters and state of the shapes that it is given, and leaves no tensors behind'],
    ['optimizer', 'memory', 'gives the same bits each time, with its named state as its only state'],
    ['optimizer', 'uphill', 'goes downhill'],
    ['augmentation', 'size', 'gives pictures of the size that it is given'],
    ['augmentation', 'in-place', 'leaves the picture that it is given as it is'],
    ['augmentation', 'memory', 'is a function of the picture and the random key alone'],
    ['metric', 'labels', 'gives finite values, null for a label without positives, and one for each label if any'],
    ['metric', 'order', 'does not depend on the order of images, as long as no scores are tied'],
    ['metric', 'changes', 'gives the same values each time and leaves its input as it is'],
    ['metric', 'upside-down', 'rates perfect scores at least as good as inverted ones'],
    ['metric', 'nan', 'gives no number where nothing is known'],
    ['importer', 'late', 'yields labels once each and before the images that have them'],
    ['importer', 'twice', 'yields labels once each and before the images that have them'],
    ['importer', 'outside', 'yields images with a path inside the folder, a split, and each label once'],
    ['importer', 'both', 'yields images with a path inside the folder, a split, and each label once'],
    ['importer', 'open', 'closes what it opened, also when nobody wants the rest'],
    ['importer', 'silent', 'refuses a folder in which it finds nothing'],
  ])('of a %s notice the fault "%s"', async (kind, fault, check) => {
    expect(await failures(kit[kind](fault))).toContain(check);
  });
});
