import { existsSync } from 'node:fs';
import { mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** All that the demo and the coco-mini script write. */
const OURS = ['pictures', 'data', 'server.log', 'attention.png', 'coco-mini'];

/** Whether a folder is another or lies in it. */
function liesIn(inner: string, outer: string): boolean {
  const path = relative(outer, inner);
  return path === '' || (path !== '..' && !path.startsWith(`..${sep}`));
}

/**
 * Empties the demo's output folder of what an earlier demo has left, and nothing else.
 * @param inputs folders that are read, absolute
 * @throws if something else lies in it, or if an input lies in it
 */
export async function prepareOutput(output: string, inputs: readonly string[]): Promise<void> {
  const entries: readonly string[] = existsSync(output) ? await readdir(output) : [];
  const strange = entries.filter((entry) => !OURS.includes(entry));
  if (strange.length > 0) {
    throw new Error(
      `The output folder ${output} is emptied first, but holds what the demo did not write: ${strange.slice(0, 5).join(', ')}. ` +
        'Name an empty or a new folder with --output.',
    );
  }
  await mkdir(output, { recursive: true });
  const emptied = await realpath(output);
  for (const input of inputs) {
    if (liesIn(await realpath(input), emptied)) {
      throw new Error(
        `${input} lies in the output folder ${output}, which is emptied first. Copy it elsewhere, or name another --output.`,
      );
    }
  }
  for (const entry of entries) await rm(join(output, entry), { recursive: true, force: true });
}
