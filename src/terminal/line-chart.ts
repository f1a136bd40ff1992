import chart from 'asciichart';

/** A line of a chart: one value for each step of its horizontal axis, null where there is none. */
export interface ChartLine {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** Columns of the drawn lines, without the axis. */
const WIDTH = 60;
const HEIGHT = 8;
const COLOURS = [chart.blue, chart.green] as const;

/**
 * Lines drawn with characters, their common vertical axis at the left; nothing of a line with fewer than two values.
 * @param coloured whether the terminal shows colours; without them each line has a chart of its own, since they could not be told apart
 */
export function lineChart(lines: readonly ChartLine[], coloured: boolean): string {
  const drawn = lines.map(({ name, values }) => ({ name, values: stretched(values) })).filter(isDrawn);
  if (!coloured) return drawn.map(({ name, values }) => `${name}\n${plot([values])}`).join('\n\n');
  if (drawn.length === 0) return '';
  const legend = drawn.map(({ name }, index) => `${COLOURS[index % COLOURS.length]}${name}${chart.reset}`).join('   ');
  return `${legend}\n${plot(
    drawn.map(({ values }) => values),
    COLOURS,
  )}`;
}

const isDrawn = ({ values }: { readonly values: readonly number[] }): boolean => values.length > 0;

function plot(lines: readonly (readonly number[])[], colours: readonly string[] = []): string {
  const [least, greatest] = [Math.min(...lines.flat()), Math.max(...lines.flat())];
  // The library labels the axis of a line that is level wrongly.
  const room = least === greatest ? Math.max(Math.abs(least) / 10, 0.1) : 0;
  const drawn = chart.plot(
    lines.map((line) => [...line]),
    {
      ...{ height: HEIGHT, min: least - room, max: greatest + room },
      ...{ colors: [...colours], format: (value) => value.toPrecision(3).padStart(9) },
    },
  );
  return drawn.replaceAll(/ +$/gm, '');
}

/** The values that there are, in place, with straight lines between them, as one value a column. */
function stretched(values: readonly (number | null)[]): readonly number[] {
  const known = values.flatMap((value, index) => (value === null || !Number.isFinite(value) ? [] : [{ index, value }]));
  const [first, last] = [known.at(0), known.at(-1)];
  if (first === undefined || last === undefined || first === last) return [];
  return Array.from({ length: WIDTH }, (_, column) => {
    const place = first.index + (column * (last.index - first.index)) / (WIDTH - 1);
    const right = Math.max(
      1,
      known.findIndex(({ index }) => index >= place),
    );
    const [before, after] = [known[right - 1], known[right]];
    return before.value + ((place - before.index) / (after.index - before.index)) * (after.value - before.value);
  });
}
