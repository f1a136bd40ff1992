import type { TextForm } from './key.js';

/** The value that the text of an environment variable stands for; text that does not fit is left for the schema to refuse. */
export function parseText(text: string, form: TextForm): unknown {
  switch (form) {
    case 'text':
      return text;
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    case 'list':
      return items(text);
    case 'pairs':
      return Object.fromEntries(items(text).map(pair));
  }
}

function items(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function pair(item: string): readonly [string, string] {
  const at = item.indexOf('=');
  return at === -1 ? [item, ''] : [item.slice(0, at), item.slice(at + 1)];
}
