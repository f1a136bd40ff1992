import type { SplitShare } from '../stratification/stratify.js';

/** What to import, from where, under which name. */
export interface ImportRequest {
  /** Unique name of the dataset. */
  readonly name: string;
  /** Importer component and its options. */
  readonly importer: { readonly name: string; readonly options?: Readonly<Record<string, unknown>> };
  /** Name of an import folder of the configuration. */
  readonly folder: string;
  /** Folder below it; default the import folder itself. */
  readonly path?: string;
  /** Splits to make of annotations that know none, with equal shares of every label; the seed is 0 by default. */
  readonly stratify?: { readonly parts: readonly SplitShare[]; readonly seed?: number };
}
