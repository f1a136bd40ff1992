import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Descriptor on which a contender answers; what libraries print on standard output disturbs nobody there. */
const REPLIES = 3;

/**
 * A process that holds one compiled program, stays warm and runs it when asked.
 *
 * It speaks JSON lines. First it says `{ version }`. Then to each command one answer:
 * `{ command: 'check', times }` -> `{ losses, logits, norms }`, the first runs, logits of the very first;
 * `{ command: 'run', times }` -> `{ milliseconds, processorMilliseconds }`, an entry for each run;
 * `{ command: 'forget-peak' }` -> `{}`; `{ command: 'peak' }` -> `{ mebibytes }`, the high-water mark of its memory.
 */
export class Contender {
  #child;
  #replies;
  #errors = '';

  /**
   * @param name how tables call it
   * @param command program and arguments
   * @param environment variables besides those of this process
   */
  constructor(name, command, environment = {}) {
    this.name = name;
    const [program, ...given] = command;
    this.#child = spawn(program, given, {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    });
    this.#child.stderr.on('data', (text) => (this.#errors = `${this.#errors}${text}`.slice(-4000)));
    this.#child.on('error', (error) => (this.#errors += error.message));
    this.#child.stdin.on('error', () => undefined);
    // One that is held still would not see that this process is gone.
    const end = () => this.#child.kill('SIGKILL');
    process.on('exit', end);
    this.#child.once('exit', () => process.off('exit', end));
    this.#replies = createInterface({ input: this.#child.stdio[REPLIES] })[Symbol.asyncIterator]();
  }

  /** Waits until the program is compiled. @returns what it says about itself: `version` and, where there is one, `report` */
  async ready() {
    this.description = await this.#reply();
    return this.description;
  }

  /** @throws Error with what the process wrote to its error stream, if it ends instead of answering */
  async ask(command, times) {
    this.#child.stdin.write(`${JSON.stringify({ command, times })}\n`);
    return this.#reply();
  }

  /**
   * Holds the process still until {@link wake}. Threads that wait by spinning do so for some time after a run (ONNX Runtime's
   * for 20 to 30 ms of a core, OpenMP's as its policy says), and would take a core from the next contender.
   */
  rest() {
    this.#child.kill('SIGSTOP');
  }

  wake() {
    this.#child.kill('SIGCONT');
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.wake();
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin.end();
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(late);
  }

  async #reply() {
    const { value, done } = await this.#replies.next();
    if (!done) return JSON.parse(value);
    const lines = this.#errors.trim().split('\n').slice(-6).join('\n');
    throw new Error(`${this.name} ended without an answer: ${lines || `exit code ${this.#child.exitCode}`}`);
  }
}
