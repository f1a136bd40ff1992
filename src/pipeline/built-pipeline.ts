import type {
  AxisLength,
  BatchedSpec,
  NamedSpecs,
  NamedValues,
  ProgramSignature,
  TensorSpec,
  TensorValue,
} from '@query2label/engine';
import { initialValues } from '@query2label/sdk';
import type { DecoderAttention, FeatureMapSize, ImageSize, Normalization, ParameterSpec } from '@query2label/sdk';
import type {
  AssembledPipeline,
  CompilableProgram,
  InitialValues,
  PredictionProgramOptions,
  ProgramSource,
  TrainingProgramOptions,
} from './assembled-pipeline.js';
import type { PipelineDefinition } from './pipeline-definition.js';
import { featuresProgram } from './programs/features-program.js';
import type { PipelineModel } from './programs/pipeline-model.js';
import { predictionProgram } from './programs/prediction-program.js';
import { ATTENTION_SHARES, averageName, momentName, scalarName } from './programs/tensor-names.js';
import { trainingProgram } from './programs/training-program.js';
import type { WeightFolder } from './weight-folder.js';
import { whyFeaturesChange } from './why-features-change.js';
import type { BackboneRecognizer } from './weights/backbone-recognizer.js';
import { type MatchedWeights, readInitialWeights } from './weights/initial-weights.js';
import type { ParameterTarget } from './weights/parameter-target.js';

const float = (shape: readonly number[]): TensorSpec => ({ dtype: 'float32', shape });
const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** A pipeline whose parts are built; see the interface. */
export class BuiltPipeline implements AssembledPipeline {
  constructor(
    readonly definition: PipelineDefinition,
    private readonly model: PipelineModel,
    private readonly weights: WeightFolder,
    private readonly recognizer: BackboneRecognizer,
  ) {}

  get labelCount(): number {
    return this.model.labelCount;
  }

  get imageSize(): ImageSize {
    return this.model.imageSize;
  }

  get featureMap(): FeatureMapSize {
    return this.model.backbone.featureMap;
  }

  get normalization(): Normalization {
    return this.model.normalization;
  }

  get attention(): DecoderAttention | null {
    return this.model.decoder.attention ?? null;
  }

  get notes(): readonly string[] {
    const { backbone } = this.definition;
    return (this.model.backbone.notes ?? []).map((note) => `${backbone.name}: ${note}`);
  }

  get parameters(): readonly ParameterSpec[] {
    return this.model.parameters;
  }

  get target(): ParameterTarget {
    const { parameters, publishedBuffers, backbone, decoder } = this.model;
    return { parameters, publishedBuffers, backbone, decoder };
  }

  async initialValues(seed: number): Promise<InitialValues> {
    const loaded = await this.loadedWeights();
    const values: [string, TensorValue][] = [];
    for (const spec of this.parameters) {
      const data = loaded?.values.get(spec.name) ?? (await initialValues(spec, seed));
      values.push([spec.name, { ...float(spec.shape), data }]);
    }
    return { values: Object.fromEntries(values), weights: loaded?.report ?? null };
  }

  predictionProgram(
    values: NamedValues,
    batchSize: AxisLength,
    options: PredictionProgramOptions = {},
  ): CompilableProgram {
    const constants = { ...this.model.tables, ...this.select(values, () => true) };
    const images = this.imagesSpec(batchSize);
    if (options.attention !== true) {
      return { program: predictionProgram(this.model), signature: { constants, state: {}, inputs: { images } } };
    }
    if (this.attention === null) throw new Error(`Decoder "${this.definition.decoder.name}" has no attention to show.`);
    const { layers, heads } = this.attention;
    const shares: BatchedSpec = { dtype: 'float32', shape: [batchSize, layers, heads] };
    return {
      program: predictionProgram(this.model, this.attention),
      signature: { constants, state: {}, inputs: { images, [ATTENTION_SHARES]: shares } },
    };
  }

  featuresProgram(values: NamedValues): CompilableProgram {
    return { program: featuresProgram(this.model), signature: this.featuresSignature(values) };
  }

  whyFeaturesChange(values: NamedValues): string | null {
    return whyFeaturesChange(this.model, this.featuresSignature(values));
  }

  evaluationProgram(values: NamedValues, batchSize: AxisLength, source: ProgramSource = 'images'): CompilableProgram {
    return {
      program: predictionProgram(this.model),
      signature: {
        constants: this.frozenConstants(values),
        state: this.changingSpecs(),
        inputs: { [source]: this.sourceSpec(source, batchSize) },
      },
    };
  }

  trainingProgram(values: NamedValues, options: TrainingProgramOptions): CompilableProgram {
    const { batchSize, optimizer, averageDecay, source = 'images' } = options;
    const scalars = Object.keys(optimizer.scalars(1, { learningRate: 0 }));
    return {
      program: trainingProgram(this.model, options),
      signature: {
        constants: this.frozenConstants(values),
        state: this.trainingSpecs({ optimizer, averageDecay }),
        inputs: {
          [source]: this.sourceSpec(source, batchSize),
          targets: float([batchSize, this.labelCount]),
          key: { dtype: 'int32', shape: [2] },
          ...Object.fromEntries(scalars.map((name) => [scalarName(name), float([])])),
        },
      },
    };
  }

  initialTrainingState(
    values: NamedValues,
    options: Pick<TrainingProgramOptions, 'optimizer' | 'averageDecay'>,
  ): NamedValues {
    const changing = this.select(values, ({ role }) => role !== 'frozen');
    const state: Record<string, TensorValue> = { ...changing };
    for (const [name, spec] of Object.entries(this.trainingSpecs(options))) {
      state[name] ??= { ...spec, data: new Float32Array(elements(spec.shape)) };
    }
    if (options.averageDecay !== null) {
      for (const [name, value] of Object.entries(changing)) state[averageName(name)] = value;
    }
    return state;
  }

  private async loadedWeights(): Promise<MatchedWeights | null> {
    const reference = this.definition.backbone.weights;
    if (reference === undefined) return null;
    const file = await this.weights.open(reference.file);
    try {
      return await readInitialWeights(this.target, file, reference, (opened) =>
        this.recognizer.describe(opened, this.imageSize),
      );
    } finally {
      await file.close();
    }
  }

  private trainingSpecs({
    optimizer,
    averageDecay,
  }: Pick<TrainingProgramOptions, 'optimizer' | 'averageDecay'>): NamedSpecs {
    const specs: Record<string, TensorSpec> = { ...this.changingSpecs() };
    for (const { name, shape, role } of this.parameters) {
      if (role === 'frozen') continue;
      if (averageDecay !== null) specs[averageName(name)] = float(shape);
      if (role === 'trainable')
        for (const moment of optimizer.stateNames) specs[momentName(moment, name)] = float(shape);
    }
    return specs;
  }

  private changingSpecs(): NamedSpecs {
    const changing = this.parameters.filter(({ role }) => role !== 'frozen');
    return Object.fromEntries(changing.map(({ name, shape }) => [name, float(shape)]));
  }

  private frozenConstants(values: NamedValues): NamedValues {
    return { ...this.model.tables, ...this.select(values, ({ role }) => role === 'frozen') };
  }

  private select(values: NamedValues, wanted: (spec: ParameterSpec) => boolean): NamedValues {
    return Object.fromEntries(
      this.parameters.filter(wanted).map(({ name }) => {
        const value = values[name];
        if (value === undefined) throw new Error(`The values of this pipeline lack "${name}".`);
        return [name, value];
      }),
    );
  }

  private featuresSignature(values: NamedValues): ProgramSignature {
    const constants = { ...this.model.tables, ...this.select(values, () => true) };
    return { constants, state: {}, inputs: { images: this.imagesSpec(1) } };
  }

  private sourceSpec(source: ProgramSource, batchSize: AxisLength): BatchedSpec {
    const { height, width, channels } = this.featureMap;
    if (source === 'images') return this.imagesSpec(batchSize);
    return { dtype: 'float32', shape: [batchSize, height, width, channels] };
  }

  private imagesSpec(batchSize: AxisLength): BatchedSpec {
    return { dtype: 'float32', shape: [batchSize, this.imageSize.height, this.imageSize.width, 3] };
  }
}
