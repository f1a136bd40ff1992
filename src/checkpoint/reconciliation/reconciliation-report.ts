import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { DateTime } from '../../common/graphql/index.js';

@ObjectType({ description: 'A folder or file that was moved out of the way, because nothing refers to it.' })
export class QuarantinedFolder {
  @Field({ description: 'Its name in the folder of checkpoints.' })
  name: string;

  @Field({ description: 'Where it lies now, below the folder of checkpoints.' })
  place: string;
}

@ObjectType({ description: 'A file of a recorded checkpoint that is not as it was written.' })
export class DamagedFile {
  @Field(() => ID, { description: 'The checkpoint.' })
  checkpoint: string;

  @Field({ description: 'The file.' })
  file: string;

  @Field({ description: 'What is wrong with it.' })
  fault: string;
}

/** What one comparison of records and folders found and did. Lists are empty where all is well. */
@ObjectType({ description: 'What a comparison of the records of checkpoints with their folders found and did.' })
export class ReconciliationReport {
  @Field(() => DateTime, { description: 'When it ended.' })
  at: Date;

  @Field(() => Int, { description: 'Records that were compared.' })
  checked: number;

  @Field({ description: 'Whether the bytes of all files were read and compared with their SHA-256, or only their sizes.' }) // prettier-ignore
  verified: boolean;

  @Field(() => [ID], { description: 'Checkpoints whose files are gone, now or since an earlier comparison.' })
  missing: string[];

  @Field(() => [ID], { description: 'Checkpoints that were MISSING and whose files are back.' })
  returned: string[];

  @Field(() => [DamagedFile], { description: 'Files that are there, but not as they were written.' })
  damaged: DamagedFile[];

  @Field(() => [QuarantinedFolder], { description: 'Folders without a record; they were moved, not deleted.' })
  quarantined: QuarantinedFolder[];

  @Field(() => [String], { description: 'Half-written folders and stale marks that were removed.' })
  removed: string[];

  @Field(() => [ID], { description: 'Deletions that were begun earlier and are finished now.' })
  finishedDeletions: string[];

  @Field(() => [String], { description: 'What was left alone, because a process is writing it or may be.' })
  waiting: string[];

  @Field(() => [String], { description: 'What could not be done, and why; it is tried again.' })
  problems: string[];
}

/** An empty report. */
export function newReport(verified: boolean): ReconciliationReport {
  const lists = { missing: [], returned: [], damaged: [], quarantined: [], removed: [], finishedDeletions: [], waiting: [], problems: [] }; // prettier-ignore
  return Object.assign(new ReconciliationReport(), { at: new Date(), checked: 0, verified, ...lists });
}

/** Whether anything was found that someone should know of. */
export function isRemarkable({
  missing,
  returned,
  damaged,
  quarantined,
  removed,
  finishedDeletions,
  problems,
}: ReconciliationReport): boolean {
  // prettier-ignore
  return [missing, returned, damaged, quarantined, removed, finishedDeletions, problems].some((list) => list.length > 0); // prettier-ignore
}
