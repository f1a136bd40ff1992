import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const WORKER = fileURLToPath(new URL('../../../dist/worker.js', import.meta.url));

/** A training worker that no server forked: nobody notices its death but by its silence. */
export class LonelyWorker {
  private text = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly id: string,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    }
  }

  /** @param environment as that of the server whose database and data it shares */
  static start(id: string, environment: Readonly<Record<string, string>>): LonelyWorker {
    const env = { ...process.env, NODE_ENV: 'test', LOG_LEVEL: 'info', ...environment, Q2L_WORKER_ID: id };
    return new LonelyWorker(spawn(process.execPath, [WORKER, 'training'], { env, stdio: ['ignore', 'pipe', 'pipe'] }), id); // prettier-ignore
  }

  get output(): string {
    return this.text;
  }

  get lives(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends the signal and waits for the end. @returns the exit code; null after a death by signal */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (!this.lives) return this.child.exitCode;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGCONT');
    this.child.kill(signal);
    await exit;
    return this.child.exitCode;
  }
}
