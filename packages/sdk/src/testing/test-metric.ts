import type { BuiltMetric, MetricInput, MetricResult } from '../contracts/index.js';
import { hostRandom, keyOf, permutation } from '../random/index.js';
import { ensure, immediate } from './conformance.js';
import type { ConformanceCheck, TestFramework } from './conformance.js';
import { declarationChecks, registerComponentChecks, resolveComponent } from './declaration-checks.js';
import type { ComponentUnderTest } from './declaration-checks.js';

const IMAGES = 60;
const LABELS = 5;
const TOLERANCE = 1e-9;

/** Distinct scores; one label without positives (the last), a few unknown targets. */
function exampleInput(): MetricInput {
  const random = hostRandom(keyOf(1, 'conformance', 'metric'));
  const size = IMAGES * LABELS;
  const order = permutation(keyOf(2, 'conformance', 'metric'), size);
  const scores = Float32Array.from({ length: size }, (_, index) => (order[index] + 0.5) / size);
  const targets = Int8Array.from({ length: size }, (_, index) => {
    if (index % 17 === 0) return -1;
    return index % LABELS !== LABELS - 1 && random.uniform() < 0.3 ? 1 : 0;
  });
  return { images: IMAGES, labels: LABELS, scores, targets };
}

/** The same rows in another order. */
function shuffled({ images, labels, scores, targets }: MetricInput): MetricInput {
  const rows = Array.from(permutation(keyOf(3, 'conformance', 'metric'), images));
  const places = rows.flatMap((row) => Array.from({ length: labels }, (_, label) => row * labels + label));
  return {
    images,
    labels,
    scores: Float32Array.from(places, (place) => scores[place]),
    targets: Int8Array.from(places, (place) => targets[place]),
  };
}

const withScores = (input: MetricInput, score: (target: number) => number): MetricInput => ({
  ...input,
  scores: Float32Array.from(input.targets, score),
});

function ensureDefined(what: string, value: number | null): asserts value is number {
  ensure(value !== null && Number.isFinite(value), `${what} is ${value}. Expected a finite number.`);
}

function ensureEqual(what: string, one: MetricResult, other: MetricResult): void {
  const [first, second] = [one, other].map(({ value, perLabel = [] }) => [value, ...perLabel]);
  first.forEach((value, place) => {
    const against = second[place];
    const close = value === null || against === null ? value === against : Math.abs(value - against) <= TOLERANCE;
    const name = place === 0 ? 'the value' : `the value of label ${place - 1}`;
    ensure(close, `${what}, ${name} is ${value} and ${against}.`);
  });
}

/** The checks that every metric passes. */
export function metricChecks(subject: ComponentUnderTest): readonly ConformanceCheck[] {
  const build = (): BuiltMetric => {
    const { provider, options } = resolveComponent('metric', subject);
    return provider.build(options);
  };
  return [
    ...declarationChecks('metric', subject),
    {
      name: 'gives finite values, null for a label without positives, and one for each label if any',
      run: immediate(() => {
        const { value, perLabel, figures = {} } = build().compute(exampleInput());
        ensureDefined('The value', value);
        for (const [name, figure] of Object.entries(figures)) {
          ensure(figure === null || Number.isFinite(figure), `The figure ${name} is ${figure}.`);
        }
        if (perLabel === undefined) return;
        ensure(perLabel.length === LABELS, `There are ${perLabel.length} values for ${LABELS} labels.`);
        perLabel.forEach((one, label) => ensure(one === null || Number.isFinite(one), `Label ${label} has ${one}.`));
      }),
    },
    {
      name: 'does not depend on the order of images, as long as no scores are tied',
      run: immediate(() =>
        ensureEqual('In another order', build().compute(exampleInput()), build().compute(shuffled(exampleInput()))),
      ),
    },
    {
      name: 'gives the same values each time and leaves its input as it is',
      run: immediate(() => {
        const [input, untouched] = [exampleInput(), exampleInput()];
        const metric = build();
        ensureEqual('The second time', metric.compute(input), metric.compute(input));
        const same =
          input.scores.every((score, place) => score === untouched.scores[place]) &&
          input.targets.every((target, place) => target === untouched.targets[place]);
        ensure(same, 'Computing the metric changed its scores or targets. Work on a copy.');
      }),
    },
    {
      name: 'rates perfect scores at least as good as inverted ones',
      run: immediate(() => {
        const metric = build();
        const perfect = metric.compute(withScores(exampleInput(), (target) => (target === 1 ? 0.99 : 0.01))).value;
        const inverted = metric.compute(withScores(exampleInput(), (target) => (target === 1 ? 0.01 : 0.99))).value;
        ensureDefined('The value of perfect scores', perfect);
        ensureDefined('The value of inverted scores', inverted);
        const better = metric.lowerIsBetter === true ? perfect <= inverted : perfect >= inverted;
        ensure(better, `Perfect scores have ${perfect}, inverted ones ${inverted}: is lowerIsBetter right?`);
      }),
    },
    {
      name: 'gives no number where nothing is known',
      run: immediate(() => {
        const input = exampleInput();
        const { value } = build().compute({ ...input, targets: new Int8Array(input.targets.length).fill(-1) });
        ensure(value === null, `With unknown targets alone the value is ${value}. Expected null.`);
      }),
    },
  ];
}

/** Registers the conformance checks of a metric as tests. */
export function testMetric(subject: ComponentUnderTest, framework: TestFramework): void {
  registerComponentChecks('metric', subject, metricChecks(subject), framework);
}
