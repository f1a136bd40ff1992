import type { Executable, NamedValues, TensorValue } from '@query2label/engine';
import { keyOf, keyValue, type ScheduleValues } from '@query2label/sdk';
import type { CheckpointTensors } from '../../checkpoint/checkpoint-store.js';
import { compileForBatches } from '../../pipeline/programs/compile-for-batches.js';
import { averageName, scalarName } from '../../pipeline/programs/tensor-names.js';
import { openInputs } from '../features/open-inputs.js';
import { assertUsable } from './assert-usable.js';
import type { InputBatch, InputLoader } from './input-batch.js';
import type { TrainingJob } from './training-job.js';

const AVERAGE = averageName('');
const OPTIMIZER = 'optimizer/';

/** The compiled training step and evaluation of a run, with all tensors between them. */
export class TrainingExecutables {
  private constructor(
    private readonly job: TrainingJob,
    private readonly initial: NamedValues,
    private readonly training: Executable,
    readonly evaluation: Executable,
    /** Batches of what both are fed. */
    readonly inputs: InputLoader,
  ) {}

  static async create(job: TrainingJob): Promise<TrainingExecutables> {
    const { engine, pipeline, recipe, resume, optimizer } = job;
    const { averageDecay, gradientClipNorm, batchSize } = recipe;
    const values = resume?.parameters ?? (await TrainingExecutables.firstValues(job));
    const inputs = await openInputs(job, values);
    const { source } = inputs;
    const step = pipeline.trainingProgram(values, { source, optimizer, averageDecay, gradientClipNorm, batchSize });
    const training = await engine.compile(step.program, step.signature, { label: 'training step' });
    const fresh = pipeline.initialTrainingState(values, { optimizer, averageDecay });
    await training.writeState({ ...fresh, ...(resume && restored(resume)) });
    const notes: string[] = [];
    const evaluation = await compileForBatches(engine, (batch) => pipeline.evaluationProgram(values, batch, source), {
      label: 'evaluation',
      largest: batchSize,
      onFilled: (reason) => notes.push(`The last batch of an evaluation is filled up: ${reason}`),
    });
    for (const note of notes) await job.hooks.onLog('warn', note);
    return new TrainingExecutables(job, values, training, evaluation, inputs);
  }

  /** @param index optimizer steps done before this one */
  async step(
    index: number,
    batch: InputBatch,
    schedule: ScheduleValues,
  ): Promise<{ loss: number; gradientNorm: number }> {
    const { pipeline, recipe, optimizer } = this.job;
    const scalars = Object.entries(optimizer.scalars(index + 1, schedule)).map(
      ([name, value]): [string, TensorValue] => [
        scalarName(name),
        { dtype: 'float32', shape: [], data: Float32Array.of(value) },
      ],
    );
    const outputs = await this.training.run({
      ...batch.inputs,
      targets: { dtype: 'float32', shape: [batch.size, pipeline.labelCount], data: batch.targets },
      key: keyValue(keyOf(recipe.seed, 'step', index)),
      ...Object.fromEntries(scalars),
    });
    return { loss: outputs.loss.data[0], gradientNorm: outputs.gradientNorm.data[0] };
  }

  /**
   * Hands raw or averaged parameters to the evaluation.
   * @param step optimizer steps done
   * @throws DivergedError if they are not all numbers that can be computed with
   */
  async prepareEvaluation(weights: 'raw' | 'averaged', step: number): Promise<void> {
    const names = Object.keys(this.evaluation.signature.state);
    const sources = weights === 'raw' ? names : names.map(averageName);
    const values = await this.training.readState(sources);
    assertUsable(values, step);
    await this.evaluation.writeState(Object.fromEntries(names.map((name, index) => [name, values[sources[index]]])));
  }

  /**
   * Copies everything to the host, sorted into the files of a checkpoint.
   * @param step optimizer steps done
   * @throws DivergedError if it is not all numbers that can be computed with: a checkpoint is never worse than the one that it replaces
   */
  async tensors(withOptimizer: boolean, step: number): Promise<CheckpointTensors> {
    const names = Object.keys(this.training.signature.state).filter(
      (name) => withOptimizer || !name.startsWith(OPTIMIZER),
    );
    const state = await this.training.readState(names);
    assertUsable(state, step);
    const part = (prefix: string, strip: number): NamedValues =>
      Object.fromEntries(
        Object.entries(state)
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, value]) => [name.slice(strip), value]),
      );
    const changing = Object.fromEntries(
      Object.entries(state).filter(([name]) => !name.startsWith(AVERAGE) && !name.startsWith(OPTIMIZER)),
    );
    return {
      parameters: { ...this.initial, ...changing },
      ...(this.job.recipe.averageDecay !== null && { averages: part(AVERAGE, AVERAGE.length) }),
      ...(withOptimizer && { optimizer: part(OPTIMIZER, 0) }),
    };
  }

  async dispose(): Promise<void> {
    await this.training.dispose();
    await this.evaluation.dispose();
    await this.inputs.dispose();
  }

  private static async firstValues({ pipeline, recipe, hooks }: TrainingJob): Promise<NamedValues> {
    const { values, weights } = await pipeline.initialValues(recipe.seed);
    for (const note of pipeline.notes) await hooks.onLog('info', note);
    if (weights !== null) {
      const { file, matched, missing, unexpected, ignored, resized } = weights;
      const unused = unexpected.length + ignored.length;
      const counts = `${matched.length} parameters read, ${missing.length} missing, ${unused} of the file unused`;
      await hooks.onLog('info', `initial weights from ${file}: ${counts}`);
      for (const { name, from, to } of resized) {
        await hooks.onLog('info', `interpolated ${name} from [${from.join(', ')}] to [${to.join(', ')}]`);
      }
    }
    return values;
  }
}

/** The changing part of a checkpoint as state of the training program; frozen parameters are constants and not wanted here. */
function restored({ parameters, averages, optimizer }: NonNullable<TrainingJob['resume']>): NamedValues {
  const changing = Object.keys(averages).length > 0 ? Object.keys(averages) : Object.keys(parameters);
  const own = Object.fromEntries(changing.map((name) => [name, parameters[name]]));
  const averaged = Object.entries(averages).map(([name, value]) => [averageName(name), value] as const);
  return { ...own, ...Object.fromEntries(averaged), ...optimizer };
}
