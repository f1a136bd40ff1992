import { Field, Float, Int, ObjectType, registerEnumType } from '@nestjs/graphql';

export enum ImportPhase {
  ANNOTATIONS = 'ANNOTATIONS',
  FILES = 'FILES',
  REPORT = 'REPORT',
}

registerEnumType(ImportPhase, {
  name: 'ImportPhase',
  description: 'What an import is doing.',
  valuesMap: {
    ANNOTATIONS: { description: 'Reading the annotations; their number is not known yet.' },
    FILES: { description: 'Checking and storing the files.' },
    REPORT: { description: 'Counting.' },
  },
});

@ObjectType({ description: 'How far a running import is.' })
export class ImportProgress {
  @Field(() => ImportPhase, { description: 'What the import is doing.' })
  phase: ImportPhase;

  @Field(() => Int, { description: 'Entries done in this phase.' })
  done: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Entries of this phase; null while the annotations are being read.',
  })
  total: number | null;

  @Field(() => Float, { description: 'Entries done per second in this phase.' })
  perSecond: number;

  @Field(() => Float, { nullable: true, description: 'Seconds that this phase will still take at that rate.' })
  secondsLeft: number | null;
}

export type ImportProgressListener = (progress: ImportProgress) => void;

/** Counts the entries of one phase and tells the listener. */
export class PhaseProgress {
  private readonly start = performance.now();
  private done = 0;

  constructor(
    private readonly phase: ImportPhase,
    private readonly total: number | null,
    private readonly listener: ImportProgressListener,
  ) {
    this.advance(0);
  }

  advance(count: number): void {
    this.done += count;
    const seconds = (performance.now() - this.start) / 1000;
    const perSecond = seconds > 0 ? this.done / seconds : 0;
    const left = this.total === null || perSecond === 0 ? null : (this.total - this.done) / perSecond;
    this.listener({ phase: this.phase, done: this.done, total: this.total, perSecond, secondsLeft: left });
  }
}
