import type { Engine, Executable, NamedSpecs, NamedTensors, NamedValues, TensorValue } from '@query2label/engine';
import { createForwardScope, tf } from '@query2label/sdk';
import { forwardPipeline, type PipelineModel } from '../pipeline/programs/pipeline-model.js';

/** Runs a model in evaluation mode and hands back what its parts show; its weights may be replaced between runs. */
export class Evaluator {
  private constructor(private readonly executable: Executable) {}

  /** @param images their shape is what is compiled for */
  static async create(
    engine: Engine,
    model: PipelineModel,
    values: NamedValues,
    images: TensorValue,
  ): Promise<Evaluator> {
    const isFrozen = new Set(model.parameters.filter(({ role }) => role === 'frozen').map(({ name }) => name));
    const entries = Object.entries(values);
    const frozen = Object.fromEntries(entries.filter(([name]) => isFrozen.has(name)));
    const changing = Object.fromEntries(entries.filter(([name]) => !isFrozen.has(name)));
    const state: NamedSpecs = Object.fromEntries(
      Object.entries(changing).map(([name, { dtype, shape }]) => [name, { dtype, shape }]),
    );
    const executable = await engine.compile(
      ({ constants, state: current, inputs }) => {
        const outputs: Record<string, tf.Tensor> = {};
        const parameters: NamedTensors = { ...constants, ...current };
        const scope = createForwardScope({
          parameters,
          training: false,
          onObservation: (name, value) => (outputs[name] = tf.clone(value)),
        });
        const { logits, attention } = forwardPipeline(model, scope, inputs.images);
        // [batch, heads, labels, cells] -> [batch, labels, cells]
        return { outputs: { ...outputs, logits, attention: tf.mean(attention[attention.length - 1], 1) } };
      },
      { constants: { ...model.tables, ...frozen }, state, inputs: { images } },
      { label: 'parity-evaluation' },
    );
    await executable.writeState(changing);
    return new Evaluator(executable);
  }

  run(images: TensorValue): Promise<NamedValues> {
    return this.executable.run({ images });
  }

  /** Replaces parameters and buffers; those that are not named stay. */
  load(values: NamedValues): Promise<void> {
    return this.executable.writeState(values);
  }

  dispose(): Promise<void> {
    return this.executable.dispose();
  }
}
