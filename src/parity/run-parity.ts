import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngine, type Engine } from '@query2label/engine';
import { showProgress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import { compareFile, type ParityTools } from './compare-file.js';
import { REFERENCE_STEPS } from './compare-training.js';
import { type Check, isWithin } from './comparison.js';
import { parityLine } from './parity-line.js';
import type { ParityOptions } from './parity-options.js';
import { readReferenceFile } from './reference-file.js';

/** Stages of a file with training: weights, forward, losses, gradients, five steps, averages. */
const STAGES = 10;

export interface FileParity {
  readonly name: string;
  readonly checks: readonly Check[];
  /** Why the file could not be compared. */
  readonly failure?: string;
}

/**
 * Compares the files of a folder, one after another; a line each on standard output.
 * @returns whether all are within their tolerances
 */
export async function runParity(
  { folder, only, engine: engineName, steps, json }: ParityOptions,
  tools: Omit<ParityTools, 'engine'>,
  terminal: Terminal,
): Promise<boolean> {
  const names = await referenceNames(folder, only);
  const results: FileParity[] = [];
  for (const [index, name] of names.entries()) {
    const progress = showProgress(terminal, `${index + 1} of ${names.length}`);
    let stages = 0;
    // an engine of its own for each file, so that the memory of one is not kept for the next
    const engine = await createEngine({ engine: engineName });
    const result = await parityOf(join(folder, `${name}.json`), name, { ...tools, engine, steps }, (stage) => {
      if (terminal.interactive) progress.update(Math.min(stages++, STAGES), STAGES, `${name}: ${stage}`);
    });
    await engine.dispose();
    results.push(result);
    progress.finish();
    terminal.line(parityLine(result));
  }
  if (json !== undefined) await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
  const failed = results.filter(({ checks, failure }) => failure !== undefined || !checks.every(isWithin)).length;
  const compared = steps < REFERENCE_STEPS ? `, ${steps} of ${REFERENCE_STEPS} training steps compared` : '';
  terminal.line(`${results.length - failed} of ${results.length} files within tolerance${compared}`);
  return failed === 0;
}

async function parityOf(
  path: string,
  name: string,
  tools: ParityTools & { readonly engine: Engine },
  onStage: (stage: string) => void,
): Promise<FileParity> {
  try {
    const checks = await compareFile(await readReferenceFile(path), { ...tools, onStage });
    return { name, checks };
  } catch (error) {
    return { name, checks: [], failure: error instanceof Error ? error.message : String(error) };
  }
}

/** Names of the files without `.json`. @throws Error if the folder has none, or lacks one that was asked for */
async function referenceNames(folder: string, only: readonly string[]): Promise<readonly string[]> {
  const entries = await readdir(folder).catch((error: unknown) => {
    throw new Error(`The folder ${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const names = entries
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
  if (names.length === 0) throw new Error(`The folder ${folder} has no .json files.`);
  const missing = only.find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw new Error(`The folder ${folder} has no file "${missing}.json". It has ${names.join(', ')}.`);
  }
  return only.length === 0 ? names : only;
}
