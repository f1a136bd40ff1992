import { NotFoundError } from '../../common/errors/index.js';
import { isRecord } from '../../common/guards.js';
import { PAPER_PRESETS } from './paper-presets.js';
import type { PipelinePreset } from './preset.js';
import { SMALL_PRESETS } from './small-presets.js';

/** Every preset: those of the paper, then those for small machines. */
export const PIPELINE_PRESETS: readonly PipelinePreset[] = [...PAPER_PRESETS, ...SMALL_PRESETS];

/** @throws NotFoundError with the closest names */
export function presetNamed(name: string): PipelinePreset {
  const preset = PIPELINE_PRESETS.find((known) => known.name === name);
  if (preset !== undefined) return preset;
  throw new NotFoundError(
    'pipeline preset',
    name,
    PIPELINE_PRESETS.map((known) => known.name),
  );
}

/**
 * The definition of a preset with changes: objects are merged, everything else is replaced. Options of a component that the changes
 * exchange for another one are not kept.
 */
export function changedDefinition({ definition }: PipelinePreset, changes: unknown): unknown {
  return merged(definition, changes);
}

function merged(base: unknown, changes: unknown): unknown {
  if (changes === undefined) return base;
  if (!isRecord(base) || !isRecord(changes)) return changes;
  if ('name' in changes && 'name' in base && changes.name !== base.name) return changes;
  const keys = new Set([...Object.keys(base), ...Object.keys(changes)]);
  return Object.fromEntries([...keys].map((key) => [key, merged(base[key], changes[key])]));
}
