import { AbstractLogger, type LogLevel, type LogMessage } from 'typeorm';

/** Remembers the SQL of a data source. */
export class QueryRecorder extends AbstractLogger {
  readonly queries: string[] = [];

  constructor() {
    super(['query']);
  }

  override logQuery(query: string): void {
    this.queries.push(query);
  }

  protected override writeLog(_level: LogLevel, _message: LogMessage | LogMessage[]): void {
    // Only queries are of interest, and those arrive by logQuery.
  }
}
