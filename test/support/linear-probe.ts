import * as tf from '@tensorflow/tfjs';
import { createEngine, type Program } from '@query2label/engine';

/** A matrix, row-major. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

export interface LinearProbeSettings {
  /** Weight of the squared norm of the weights: `penalty / 2 * |W|^2`. */
  readonly penalty: number;
  readonly rounds: number;
}

/** Added to the standard deviation of each feature. */
const LEAST_DEVIATION = 1e-3;
const POWER_ROUNDS = 100;

const float32 = (...shape: number[]) => ({ dtype: 'float32' as const, shape });
const scalar = (value: number) => ({ ...float32(), data: Float32Array.of(value) });

/** A round of Nesterov's method on the mean over rows of the summed binary cross-entropy of all labels. */
const round: Program = ({ constants: { x, y }, state, inputs: { momentum, pace, penalty } }) => {
  const ahead = (name: string) => tf.add(state[name], tf.mul(momentum, tf.sub(state[name], state[`${name}Before`])));
  const [weight, bias] = [ahead('weight'), ahead('bias')];
  const error = tf.div(tf.sub(tf.sigmoid(tf.add(tf.matMul(x, weight), bias)), y), x.shape[0]);
  const gradient = tf.add(tf.matMul(x, error, true, false), tf.mul(penalty, weight));
  return {
    outputs: { steepest: tf.max(tf.abs(gradient)) },
    state: {
      weight: tf.sub(weight, tf.mul(pace, gradient)),
      bias: tf.sub(bias, tf.mul(pace, tf.sum(error, 0))),
      weightBefore: state.weight,
      biasBefore: state.bias,
    },
  };
};

/**
 * Logistic regression of each label on standardised features: the usual measure of how good frozen features are. The problem is convex,
 * so that its answer does not depend on how it is found.
 * @param features `[rows, features]`; its means and deviations standardise both
 * @param targets `[rows, labels]`, 0 or 1, each label at least once
 * @param asked `[others, features]`
 * @returns probabilities `[others, labels]`, and the largest element of the gradient at the end
 */
export async function linearProbe(
  features: Matrix,
  targets: Matrix,
  asked: Matrix,
  { penalty, rounds }: LinearProbeSettings,
): Promise<{ readonly scores: Float32Array; readonly steepest: number }> {
  const standardise = standardiserOf(features);
  const x = standardise(features);
  const engine = await createEngine();
  const executable = await engine.compile(round, {
    constants: { x: tensorOf(x), y: tensorOf(targets) },
    state: {
      ...{ weight: float32(x.columns, targets.columns), weightBefore: float32(x.columns, targets.columns) },
      ...{ bias: float32(targets.columns), biasBefore: float32(targets.columns) },
    },
    inputs: { momentum: float32(), pace: float32(), penalty: float32() },
  });
  const weight = { ...float32(x.columns, targets.columns), data: new Float32Array(x.columns * targets.columns) };
  const bias = { ...float32(targets.columns), data: logOdds(targets) };
  await executable.writeState({ weight, bias, weightBefore: weight, biasBefore: bias });
  const steepness = largestCurvature(x) / 4 + penalty;
  const root = Math.sqrt(steepness / penalty);
  const inputs = { momentum: scalar((root - 1) / (root + 1)), pace: scalar(1 / steepness), penalty: scalar(penalty) };
  let steepest = Infinity;
  for (let count = 0; count < rounds; count += 1) steepest = (await executable.run(inputs)).steepest.data[0];
  const fitted = await executable.readState(['weight', 'bias']);
  await engine.dispose();
  return { scores: probabilities(standardise(asked), fitted.weight.data, fitted.bias.data), steepest };
}

const tensorOf = ({ rows, columns, data }: Matrix) => ({ ...float32(rows, columns), data });

function standardiserOf({ rows, columns, data }: Matrix): (matrix: Matrix) => Matrix {
  const mean = new Float64Array(columns);
  const deviation = new Float64Array(columns);
  data.forEach((value, place) => (mean[place % columns] += value / rows));
  data.forEach((value, place) => (deviation[place % columns] += (value - mean[place % columns]) ** 2 / rows));
  return (matrix) => ({
    ...matrix,
    data: matrix.data.map((value, place) => {
      const column = place % columns;
      return (value - mean[column]) / (Math.sqrt(deviation[column]) + LEAST_DEVIATION);
    }),
  });
}

function logOdds({ rows, columns, data }: Matrix): Float32Array {
  const positives = new Float64Array(columns);
  data.forEach((value, place) => (positives[place % columns] += value));
  return Float32Array.from(positives, (count) => Math.log(count / (rows - count)));
}

/** Largest eigenvalue of `X^T X / rows`, X with a column of ones, by power iteration. */
function largestCurvature({ rows, columns, data }: Matrix): number {
  let vector = new Float64Array(columns + 1).fill(1 / Math.sqrt(columns + 1));
  let size = 0;
  for (let count = 0; count < POWER_ROUNDS; count += 1) {
    const next = new Float64Array(columns + 1);
    for (let row = 0; row < rows; row += 1) {
      let product = vector[columns];
      for (let column = 0; column < columns; column += 1) product += data[row * columns + column] * vector[column];
      for (let column = 0; column < columns; column += 1)
        next[column] += (data[row * columns + column] * product) / rows;
      next[columns] += product / rows;
    }
    size = Math.hypot(...next);
    vector = next.map((value) => value / size);
  }
  return size;
}

function probabilities(
  { rows, columns, data }: Matrix,
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
): Float32Array {
  const labels = bias.length;
  const scores = new Float32Array(rows * labels);
  for (let row = 0; row < rows; row += 1) {
    for (let label = 0; label < labels; label += 1) {
      let logit = bias[label];
      for (let column = 0; column < columns; column += 1)
        logit += data[row * columns + column] * weight[column * labels + label];
      scores[row * labels + label] = 1 / (1 + Math.exp(-logit));
    }
  }
  return scores;
}
