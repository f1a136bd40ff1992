/** What to import, and what it belongs to. Exactly one of `uploadId` and `file`. */
export interface ImportRequest {
  readonly pipelineId: string;
  readonly uploadId?: string | null;
  /** In an import folder of the configuration. */
  readonly file?: { readonly folder: string; readonly path: string } | null;
  /** Name of an uploaded file for people. */
  readonly name?: string | null;
  /** Names of the labels by index; at most one of this and `datasetId`. */
  readonly labels?: readonly string[] | null;
  readonly datasetId?: string | null;
  /** Entry of a PyTorch file that holds the parameters. */
  readonly entry?: string | null;
  /** Id or alias of a checkpoint that gives what the file lacks. */
  readonly baseCheckpoint?: string | null;
  readonly ignoreUnexpected: boolean;
}
