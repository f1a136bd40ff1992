import { InvalidInputError } from '../../common/errors/index.js';
import { isRecord } from '../../common/guards.js';

/** What an ablation varies: a place in `{ pipeline, recipe }` and the values that it takes there. */
export interface AblationAxis {
  /** Keys joined by dots: `pipeline.decoder.options.encoderLayers`. */
  readonly path: string;
  readonly values: readonly unknown[];
}

/** What is varied: a pipeline definition and a recipe, as a person writes them. */
export interface AblationBase {
  readonly pipeline: unknown;
  readonly recipe: unknown;
}

export interface PlannedCell extends AblationBase {
  /** The value of each axis, in their order. */
  readonly settings: readonly unknown[];
}

const LARGEST_GRID = 200;

/**
 * Every combination of the axes' values, the last axis varying fastest.
 * @throws InvalidInputError naming the axis that is not valid
 */
export function planCells(base: AblationBase, axes: readonly AblationAxis[]): readonly PlannedCell[] {
  if (axes.length === 0) throw InvalidInputError.field('axes', 'received none; expected at least one axis');
  axes.forEach(checkAxis);
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > LARGEST_GRID) {
    throw InvalidInputError.field('axes', `they make ${count} combinations; expected at most ${LARGEST_GRID}`);
  }
  const combinations = axes.reduce<readonly (readonly unknown[])[]>(
    (all, { values }) => all.flatMap((settings) => values.map((value) => [...settings, value])),
    [[]],
  );
  return combinations.map((settings) => {
    const changed = axes.reduce<Readonly<Record<string, unknown>>>(
      (document, { path }, index) => replaced(document, path.split('.'), settings[index], path),
      { ...base },
    );
    return { settings, pipeline: changed.pipeline, recipe: changed.recipe };
  });
}

function checkAxis({ path, values }: AblationAxis): void {
  const place = `axes.${path}`;
  if (!/^(pipeline|recipe)(\.[A-Za-z][A-Za-z0-9]*)+$/.test(path)) {
    throw InvalidInputError.field(
      place,
      'expected keys joined by dots, pipeline or recipe first',
      'For example pipeline.decoder.options.encoderLayers, or recipe.learningRate.',
    );
  }
  if (path === 'recipe.seed') throw InvalidInputError.field(place, 'is varied by seeds', 'Give the seeds as seeds.');
  const texts = values.map((value) => JSON.stringify(value));
  if (values.length === 0) throw InvalidInputError.field(place, 'received no values');
  if (new Set(texts).size !== texts.length) throw InvalidInputError.field(place, 'a value is given twice');
}

function replaced(
  document: Readonly<Record<string, unknown>>,
  [key, ...rest]: readonly string[],
  value: unknown,
  path: string,
): Readonly<Record<string, unknown>> {
  if (rest.length === 0) return { ...document, [key]: value };
  const inner = document[key] ?? {};
  if (isRecord(inner)) return { ...document, [key]: replaced(inner, rest, value, path) };
  throw InvalidInputError.field(
    `axes.${path}`,
    `"${key}" is ${Array.isArray(inner) ? 'a list' : typeof inner}, which has no keys`,
    'Vary it as a whole.',
  );
}
