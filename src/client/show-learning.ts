import { z } from 'zod';
import { formatNumber } from '../terminal/format.js';
import { lineChart } from '../terminal/line-chart.js';
import type { Terminal } from '../terminal/terminal.js';
import type { GraphqlClient } from './graphql-client.js';
import { RUN_LEARNING, type LearningPoint } from './operations/run-metrics.js';
import type { RunDetails } from './operations/runs.js';

/** At most so many epochs have a row; of longer runs evenly spaced ones, and always the last. */
const ROWS = 20;
const ALL_TRAINING = 'training';

/** `showLearning` of a run, with its figures asked for. @returns those figures */
export async function showLearningOf(
  client: GraphqlClient,
  terminal: Terminal,
  { id, recipe }: Pick<RunDetails, 'id' | 'recipe'>,
): Promise<readonly LearningPoint[]> {
  const { metrics } = (await client.request(RUN_LEARNING, { id })).trainingRun;
  const [deciding] = metricsSchema.parse(recipe.metrics);
  showLearning(terminal, metrics, deciding.name);
  return metrics;
}

const metricsSchema = z.tuple([z.object({ name: z.string() })]).rest(z.unknown());

/**
 * How a run has learned so far: a table of its epochs, and curves of the loss and of the metric that decides which parameters are best.
 * Nothing before the first epoch has ended, and nothing with `json`.
 * @param metric name of the deciding metric
 */
export function showLearning(terminal: Terminal, points: readonly LearningPoint[], metric: string): void {
  const epochs = Math.max(0, ...points.map(({ epoch }) => epoch + 1));
  if (epochs === 0 || terminal.json) return;
  const curve = (weights: string, name: string): readonly (number | null)[] => {
    const values = new Map(
      points.flatMap((point) =>
        point.weights === weights && point.name === name ? [[point.epoch, point.value] as const] : [],
      ),
    );
    return Array.from({ length: epochs }, (_, epoch) => values.get(epoch) ?? null);
  };
  const [loss, rate, speed] = ['loss', 'learning-rate', 'images-per-second'].map((name) => curve(ALL_TRAINING, name));
  const reached = (['raw', 'averaged'] as const).map((weights) => ({
    name: `${metric}, ${weights}`,
    values: curve(weights, metric),
  }));
  const spacing = Math.ceil(epochs / ROWS);
  terminal.line();
  terminal.table(
    ['epoch', 'loss', 'learning rate', 'images/s', ...reached.map(({ name }) => name)],
    Array.from({ length: epochs }, (_, epoch) => epoch)
      .filter((epoch) => (epochs - 1 - epoch) % spacing === 0)
      .map((epoch) => [
        epoch + 1,
        formatNumber(loss[epoch], 4),
        rate[epoch]?.toExponential(2) ?? '-',
        formatNumber(speed[epoch], 0),
        ...reached.map(({ values }) => formatNumber(values[epoch], 4)),
      ]),
  );
  for (const lines of [[{ name: 'loss', values: loss }], reached]) {
    const drawn = lineChart(lines, terminal.style.isColorSupported);
    if (drawn !== '') terminal.line(`\n${drawn}`);
  }
}
