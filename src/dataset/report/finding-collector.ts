import { type Image, ImageState } from '../entities/image.entity.js';
import { EXAMPLES, type FileFindings, type ImportReport } from './import-report.js';

type Kind = 'missing' | 'unreadable' | 'listedTwice' | 'sameContent';

/** Counts what is to be said about files and keeps the first of each kind. */
export class FindingCollector {
  readonly findings: Pick<ImportReport, Kind> = {
    missing: none(),
    unreadable: none(),
    listedTwice: none(),
    sameContent: none(),
  };

  /** @param twin path of an earlier file of the same split with the same content */
  add(image: Image, twin: string | undefined): void {
    const { state, problem, listings } = image;
    if (state === ImageState.MISSING) this.note('missing', image, problem ?? 'there is no such file');
    if (state === ImageState.UNREADABLE) this.note('unreadable', image, problem ?? 'cannot be decoded');
    if (listings > 1) this.note('listedTwice', image, `listed ${listings} times; its labels were united`);
    if (twin !== undefined) this.note('sameContent', image, `has the same content as ${twin}`);
  }

  private note(kind: Kind, { path, split }: Image, reason: string): void {
    const findings = this.findings[kind];
    findings.count++;
    if (findings.examples.length < EXAMPLES) findings.examples.push({ path, split, reason });
  }
}

function none(): FileFindings {
  return { count: 0, examples: [] };
}
