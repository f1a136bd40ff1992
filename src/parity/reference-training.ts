import type { Engine, Executable, NamedValues, Program, TensorValue } from '@query2label/engine';
import type { BuiltOptimizer } from '@query2label/sdk';
import { tf } from '@query2label/sdk';
import type { AssembledPipeline } from '../pipeline/assembled-pipeline.js';
import { averageName, momentName, scalarName } from '../pipeline/programs/tensor-names.js';
import type { ReferenceFile } from './reference-file.js';

const LEARNING_RATE = 1e-4;
/** Decay of the average that the platform's program keeps, and of the official one, which is kept beside it. */
const AVERAGE_DECAY = 0.5;
const OFFICIAL_DECAY = 0.9997;
const BETA1 = 0.9;

/** AdamW as all reference files were trained with. */
export const REFERENCE_OPTIMIZER = {
  name: 'adamw',
  options: { beta1: BETA1, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, decay: 'all' },
} as const;

const slowName = (parameter: string): string => `slow/${parameter}`;

export interface ReferenceStep {
  readonly loss: number;
  /** `[batch, labels]`, before the update. */
  readonly logits: Float32Array;
}

export interface TrainedParameter {
  readonly value: Float32Array;
  readonly average: Float32Array;
  readonly officialAverage: Float32Array;
}

/** The platform's own training program, on one batch and at a constant learning rate. */
export class ReferenceTraining {
  private step = 0;

  private constructor(
    private readonly executable: Executable,
    private readonly optimizer: BuiltOptimizer,
    private readonly inputs: NamedValues,
  ) {}

  /** @param values of all parameters and buffers */
  static async start(
    engine: Engine,
    pipeline: AssembledPipeline,
    optimizer: BuiltOptimizer,
    values: NamedValues,
    { file, images }: { readonly file: ReferenceFile; readonly images: TensorValue },
  ): Promise<ReferenceTraining> {
    const batchSize = file.config.batch;
    const options = { optimizer, batchSize, gradientClipNorm: null, averageDecay: AVERAGE_DECAY };
    const { program, signature } = pipeline.trainingProgram(values, options);
    const changing = pipeline.parameters.filter(({ role }) => role !== 'frozen');
    const slow = Object.fromEntries(changing.map(({ name }) => [slowName(name), values[name]]));
    const state = { ...pipeline.initialTrainingState(values, options), ...slow };
    const executable = await engine.compile(
      withOfficialAverage(program),
      { ...signature, state: { ...signature.state, ...slow } },
      { label: 'parity-training' },
    );
    await executable.writeState(state);
    const inputs: NamedValues = {
      images,
      targets: {
        dtype: 'float32',
        shape: [batchSize, file.config.num_class],
        data: Float32Array.from(file.targets.join(''), Number),
      },
      key: { dtype: 'int32', shape: [2], data: new Int32Array(2) },
    };
    return new ReferenceTraining(executable, optimizer, inputs);
  }

  async next(): Promise<ReferenceStep> {
    this.step += 1;
    const scalars = Object.entries(this.optimizer.scalars(this.step, { learningRate: LEARNING_RATE })).map(
      ([name, value]): [string, TensorValue] => [
        scalarName(name),
        { dtype: 'float32', shape: [], data: Float32Array.of(value) },
      ],
    );
    const { loss, logits } = await this.executable.run({ ...this.inputs, ...Object.fromEntries(scalars) });
    return { loss: loss.data[0], logits: Float32Array.from(logits.data) };
  }

  /** Gradient of the first step: AdamW's mean of gradients holds a tenth of it after that step. */
  async firstGradient(name: string): Promise<Float32Array> {
    const moment = await this.read(momentName('exp_avg', name));
    return moment.map((value) => value / (1 - BETA1));
  }

  parameter(name: string): Promise<Float32Array> {
    return this.read(name);
  }

  async trained(name: string): Promise<TrainedParameter> {
    return {
      value: await this.read(name),
      average: await this.read(averageName(name)),
      officialAverage: await this.read(slowName(name)),
    };
  }

  dispose(): Promise<void> {
    return this.executable.dispose();
  }

  private async read(name: string): Promise<Float32Array> {
    const { [name]: value } = await this.executable.readState([name]);
    return Float32Array.from(value.data);
  }
}

/** The same program, which keeps the official moving average too. */
function withOfficialAverage(program: Program): Program {
  return (args) => {
    const { outputs, state = {} } = program(args);
    const slow = Object.entries(state).flatMap(([name, value]) => {
      const average = args.state[slowName(name)];
      if (average === undefined) return [];
      const next = tf.add(tf.mul(average, OFFICIAL_DECAY), tf.mul(value, 1 - OFFICIAL_DECAY));
      return [[slowName(name), next] as const];
    });
    return { outputs, state: { ...state, ...Object.fromEntries(slow) } };
  };
}
