import Table from 'cli-table3';
import colours from 'picocolors';

/** Where a program writes, and how. */
export interface TerminalOptions {
  /** One JSON document per line on standard output instead of text for people. */
  readonly json?: boolean;
  /** Plain lines even on a terminal: no colours, no moving bars. */
  readonly plain?: boolean;
  readonly output?: NodeJS.WriteStream | NodeJS.WritableStream;
  readonly errors?: NodeJS.WriteStream | NodeJS.WritableStream;
}

type Cell = string | number;

const isTerminal = (stream: NodeJS.WritableStream): boolean => 'isTTY' in stream && stream.isTTY === true;

/** Results go to standard output, everything else (progress, notes) to standard error, so that results can be piped. */
export class Terminal {
  readonly json: boolean;
  readonly output: NodeJS.WritableStream;
  readonly errors: NodeJS.WritableStream;
  /** Bars may move: standard error is a terminal. */
  readonly interactive: boolean;
  /** Colours for standard output; they do nothing unless it is a terminal. */
  readonly style: ReturnType<typeof colours.createColors>;

  constructor(options: TerminalOptions = {}) {
    this.json = options.json ?? false;
    this.output = options.output ?? process.stdout;
    this.errors = options.errors ?? process.stderr;
    const calm = this.json || (options.plain ?? false);
    this.interactive = !calm && isTerminal(this.errors);
    this.style = colours.createColors(!calm && isTerminal(this.output) && colours.isColorSupported);
  }

  /** A line of the result; nothing with `json`. */
  line(text = ''): void {
    if (!this.json) this.output.write(`${text}\n`);
  }

  /** A line that is not part of the result; nothing with `json`. */
  note(text: string): void {
    if (!this.json) this.errors.write(`${text}\n`);
  }

  /** The result as JSON, on one line; nothing without `json`. */
  document(value: unknown): void {
    if (this.json) this.output.write(`${JSON.stringify(value)}\n`);
  }

  /** A table; a sentence if it has no rows; nothing with `json`. */
  table(head: readonly string[], rows: readonly (readonly Cell[])[], empty = 'There are none.'): void {
    if (rows.length === 0) {
      this.line(empty);
      return;
    }
    const table = new Table({
      head: head.map((title) => this.style.bold(title)),
      style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
      chars: NO_FRAME,
    });
    table.push(...rows.map((row) => [...row]));
    this.line(table.toString());
  }

  /** Names with their values, one a line; nothing with `json`. */
  record(values: Readonly<Record<string, Cell>>): void {
    const width = Math.max(...Object.keys(values).map((name) => name.length));
    for (const [name, value] of Object.entries(values)) this.line(`${this.style.dim(name.padEnd(width))}  ${value}`);
  }
}

const NO_FRAME = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((part) => [part, part === 'middle' ? '  ' : '']),
);
