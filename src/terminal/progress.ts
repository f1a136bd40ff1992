import progressBar from 'cli-progress';
import type { Terminal } from './terminal.js';

/** Shows how far a piece of work is. */
export interface Progress {
  /** @param detail what to show beside the bar */
  update(done: number, total: number, detail?: string): void;
  /** Leaves the last state standing. */
  finish(): void;
}

/** Least time between two plain lines, in milliseconds. */
const LINE_INTERVAL = 10_000;
const BAR_WIDTH = 28;

/** A moving bar on a terminal, a line now and then elsewhere, nothing with `json`. */
export function showProgress(terminal: Terminal, title: string): Progress {
  return terminal.interactive ? new Bar(terminal, title) : new Lines(terminal, title);
}

class Bar implements Progress {
  private readonly bar: progressBar.SingleBar;
  private started = false;

  constructor(terminal: Terminal, title: string) {
    this.bar = new progressBar.SingleBar(
      {
        format: `${title} {bar} {percentage} % {detail}`,
        barsize: BAR_WIDTH,
        stream: terminal.errors,
        hideCursor: true,
        clearOnComplete: false,
        linewrap: false,
      },
      progressBar.Presets.shades_classic,
    );
  }

  update(done: number, total: number, detail = ''): void {
    if (!this.started) this.bar.start(total, 0, { detail });
    this.started = true;
    this.bar.setTotal(total);
    this.bar.update(done, { detail });
  }

  finish(): void {
    if (this.started) this.bar.stop();
  }
}

class Lines implements Progress {
  private shownAt = -Infinity;
  private shownDone = -1;

  constructor(
    private readonly terminal: Terminal,
    private readonly title: string,
  ) {}

  update(done: number, total: number, detail = ''): void {
    const now = Date.now();
    if (done === this.shownDone || (done < total && now - this.shownAt < LINE_INTERVAL)) return;
    this.shownAt = now;
    this.shownDone = done;
    this.terminal.note(`${this.title} ${done}/${total} ${detail}`.trimEnd());
  }

  finish(): void {
    // The last line stands by itself.
  }
}
