import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A fenced block of a document. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** Line of the document on which the code begins, from 1. */
  readonly line: number;
}

/** The fenced blocks of a Markdown document, in their order. @param path below the repository */
export async function codeBlocks(path: string): Promise<readonly CodeBlock[]> {
  const text = await readFile(`${ROOT}/${path}`, 'utf8');
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map((match) => ({
    language: match[1],
    code: match[2],
    line: text.slice(0, match.index).split('\n').length + 1,
  }));
}

/** The file that a block says it is, by a first line such as `// src/loss.ts` or `# recipe.yaml`. */
export function fileOf({ code }: CodeBlock): string | undefined {
  return /^(?:\/\/|#) ([\w./-]+\.\w+)\n/.exec(code)?.[1];
}
