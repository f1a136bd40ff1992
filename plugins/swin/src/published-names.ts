const MERGING = /^layers\.(\d+)\.(downsample\..+)$/;

/** Newer files of timm count the merging of patches to the stage after it. */
export function publishedNames(name: string): readonly string[] {
  const [, stage, part] = MERGING.exec(name) ?? [];
  return stage === undefined || part === undefined ? [] : [`layers.${Number(stage) + 1}.${part}`];
}
