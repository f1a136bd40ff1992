import Table from 'cli-table3';

const STYLE = { style: { head: [], border: [] } };

/** One case: what it compared, or what it measured of ours alone. */
export function reportOf(result) {
  const { name, failure, figures, seconds } = result;
  if (failure !== undefined) return `\n${name}: FAILED after ${seconds} s: ${failure}\n`;
  return figures === undefined ? comparison(result) : measurement(result);
}

function measurement({ name, figures, seconds }) {
  const table = new Table({ head: ['figure', 'value', 'wanted', 'note'], ...STYLE });
  for (const { what, value, unit = '', atMost, atLeast, met, note = '' } of figures) {
    const digits = Number.isInteger(value) || value >= 100 ? 0 : 2;
    const bar = atMost === undefined ? atLeast : atMost;
    const wanted = bar === undefined ? '' : `${atMost === undefined ? '>=' : '<='} ${bar}: ${met ? 'met' : 'MISSED'}`;
    table.push([what, `${value.toFixed(digits)} ${unit}`.trim(), wanted, note]);
  }
  return `\n${name} (${seconds} s)\n${table}\n`;
}

/** A table of contenders and the bars. */
function comparison({ name, ours, results, bars, differences, seconds }) {
  const table = new Table({
    head: ['contender', 'ms', 'processor ms', 'ours is faster by', 'peak MiB', 'with start', 'version'],
    ...STYLE,
  });
  for (const [contender, result] of Object.entries(results)) {
    const { milliseconds, processorMilliseconds, peakMebibytes, peakWithStartMebibytes, version } = result;
    const ratio = contender === ours ? '' : (milliseconds / results[ours].milliseconds).toFixed(2);
    const numbers = [milliseconds, processorMilliseconds].map((value) => value.toFixed(value < 100 ? 1 : 0));
    table.push([contender, ...numbers, ratio, peakMebibytes.toFixed(0), peakWithStartMebibytes.toFixed(0), version]);
  }
  const notes = Object.entries(results).flatMap(([contender, { note }]) => (note ? [`  ${contender}: ${note}`] : []));
  const lines = bars.map(({ what, over, ratio, wanted, met }) =>
    ratio === undefined
      ? `  ${what} against ${over}: not measured`
      : `  ${what} against ${over}: ${ratio.toFixed(2)}, wanted ${wanted}: ${met ? 'met' : 'MISSED'}`,
  );
  const equal = Object.entries(differences).map(([peer, found]) => `  equal to ${peer}: ${describe(found)}`);
  return `\n${name} (${seconds} s)\n${table}\n${[...notes, ...equal, ...lines].join('\n')}\n`;
}

function describe(differences) {
  return Object.entries(differences)
    .map(
      ([what, value]) =>
        `${what} within ${[value]
          .flat()
          .map((number) => number.toExponential(1))
          .join(', ')}`,
    )
    .join('; ');
}
