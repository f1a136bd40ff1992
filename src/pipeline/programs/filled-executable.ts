import type { Executable, NamedBatchedSpecs, NamedValues, TensorValue } from '@query2label/engine';

/**
 * A program compiled for one batch size that takes smaller batches too: they are filled up with zeros, and what comes of
 * the filling is cut off. It stands in where a program cannot be compiled for all sizes.
 */
export class FilledExecutable implements Executable {
  readonly signature;
  readonly report;

  /**
   * @param compiled compiled for batches of `size`
   * @param inputs the inputs with their axes that follow the batch marked; the first axis is the only one
   */
  constructor(
    private readonly compiled: Executable,
    private readonly size: number,
    inputs: NamedBatchedSpecs,
  ) {
    this.signature = { ...compiled.signature, inputs };
    this.report = compiled.report;
  }

  get outputs(): NamedBatchedSpecs {
    return Object.fromEntries(
      Object.entries(this.compiled.outputs).map(([name, spec]) => [
        name,
        spec.shape[0] === this.size ? { ...spec, shape: ['batch', ...spec.shape.slice(1)] } : spec,
      ]),
    );
  }

  /** @throws RangeError if the batch is empty or larger than the program was compiled for */
  async run(inputs: NamedValues): Promise<NamedValues> {
    const count = this.countOf(inputs);
    if (count === this.size) return this.compiled.run(inputs);
    const outputs = await this.compiled.run(
      this.each(inputs, this.signature.inputs, (value) => resized(value, this.size)),
    );
    return this.each(outputs, this.outputs, (value) => resized(value, count));
  }

  readState(names?: readonly string[]): Promise<NamedValues> {
    return this.compiled.readState(names);
  }

  writeState(values: NamedValues): Promise<void> {
    return this.compiled.writeState(values);
  }

  dispose(): Promise<void> {
    return this.compiled.dispose();
  }

  private countOf(inputs: NamedValues): number {
    const name = Object.keys(this.signature.inputs).find((key) => this.signature.inputs[key]?.shape[0] === 'batch');
    const count = (name === undefined ? undefined : inputs[name]?.shape[0]) ?? 0;
    if (count >= 1 && count <= this.size) return count;
    throw new RangeError(`A batch of ${count}: this program was compiled for 1 to ${this.size}.`);
  }

  private each(
    values: NamedValues,
    specs: NamedBatchedSpecs,
    change: (value: TensorValue) => TensorValue,
  ): NamedValues {
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, specs[name]?.shape[0] === 'batch' ? change(value) : value]),
    );
  }
}

/** The first rows of a value, or all of them and rows of zeros. */
function resized({ dtype, shape, data }: TensorValue, rows: number): TensorValue {
  const [from = 1, ...rest] = shape;
  const length = (data.length / from) * rows;
  const target = rows <= from ? data.slice(0, length) : filled(data, length);
  return { dtype, shape: [rows, ...rest], data: target };
}

function filled(data: TensorValue['data'], length: number): TensorValue['data'] {
  const target =
    data instanceof Float32Array
      ? new Float32Array(length)
      : data instanceof Int32Array
        ? new Int32Array(length)
        : new Uint8Array(length);
  target.set(data);
  return target;
}
