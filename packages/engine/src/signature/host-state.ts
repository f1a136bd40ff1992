import type { NamedSpecs, NamedValues, TensorValue } from '../engine.js';
import { copyValue } from '../tensor-value.js';
import { checkValues, refuseUnknownNames, refuseUnwrittenState } from './check-values.js';

/** State entries kept in host arrays that belong to the executable: copied in and out. */
export class HostState {
  private readonly values = new Map<string, TensorValue>();

  constructor(
    private readonly program: string,
    private readonly specs: NamedSpecs,
  ) {}

  /** @throws EngineError if an entry was never written */
  complete(): NamedValues {
    this.refuseUnwritten(Object.keys(this.specs));
    return Object.fromEntries(this.values);
  }

  /** Takes over new values as they are, without a copy. */
  replace(values: NamedValues): void {
    for (const [name, value] of Object.entries(values)) this.values.set(name, value);
  }

  write(values: NamedValues): void {
    checkValues(this.program, 'state entry', values, this.specs);
    for (const [name, value] of Object.entries(values)) this.values.set(name, copyValue(value));
  }

  read(names: readonly string[] = Object.keys(this.specs)): NamedValues {
    refuseUnknownNames(this.program, 'state entry', names, this.specs);
    this.refuseUnwritten(names);
    const read: Record<string, TensorValue> = {};
    for (const name of names) {
      const value = this.values.get(name);
      if (value !== undefined) read[name] = copyValue(value);
    }
    return read;
  }

  clear(): void {
    this.values.clear();
  }

  private refuseUnwritten(names: readonly string[]): void {
    refuseUnwrittenState(
      this.program,
      names.filter((name) => !this.values.has(name)),
    );
  }
}
