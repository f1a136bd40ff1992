import { Injectable } from '@nestjs/common';
import { InvalidInputError } from '../../common/errors/index.js';
import type { WeightFile } from '../../common/weight-file/index.js';
import type { AssembledPipeline } from '../../pipeline/assembled-pipeline.js';
import { BackboneRecognizer } from '../../pipeline/weights/backbone-recognizer.js';
import { describeConflict, listed } from '../../pipeline/weights/initial-weights.js';
import type { ParameterMatch } from '../../pipeline/weights/match-parameters.js';
import { BACKBONE_PREFIX } from '../../pipeline/weights/parameter-target.js';
import type { LoadedCheckpoint } from '../loaded-checkpoint.js';

export interface MatchAllowance {
  /** Gives what the file lacks. */
  readonly base: LoadedCheckpoint | undefined;
  readonly ignoreUnexpected: boolean;
}

/** Decides whether a file fits a pipeline, and explains why it does not. */
@Injectable()
export class MatchChecker {
  constructor(private readonly recognizer: BackboneRecognizer) {}

  /** @throws InvalidInputError naming what differs and the backbone that the file most likely is of */
  async check(
    match: ParameterMatch,
    file: WeightFile,
    pipeline: AssembledPipeline,
    allowed: MatchAllowance,
  ): Promise<void> {
    const missing = match.missing.filter((name) => !baseGives(allowed.base, pipeline, name));
    const unexpected = allowed.ignoreUnexpected ? [] : match.unexpected;
    if (missing.length + unexpected.length + match.conflicts.length === 0 && match.placements.length > 0) return;
    const { length: matched } = match.placements;
    const faults = [
      ...match.conflicts.slice(0, 4).map(describeConflict),
      ...(match.conflicts.length > 4 ? [`${match.conflicts.length - 4} more shapes differ`] : []),
      ...(missing.length > 0 ? [`missing: ${listed(missing)}`] : []),
      ...(unexpected.length > 0 ? [`unexpected: ${listed(unexpected)}`] : []),
    ];
    const total = pipeline.parameters.length;
    throw InvalidInputError.field(
      'file',
      `${file.name} does not fit the pipeline: ${matched} of its ${total} parameters have a tensor of their name and shape; ${faults.join('; ')}`,
      await this.help(match, file, pipeline, missing),
    );
  }

  private async help(
    { placements, conflicts, unexpected }: ParameterMatch,
    file: WeightFile,
    { imageSize, definition, parameters }: AssembledPipeline,
    missing: readonly string[],
  ): Promise<string> {
    const isBackbone = (name: string): boolean => name.startsWith(BACKBONE_PREFIX);
    const placed = placements.map(({ spec }) => spec.name);
    const wholeBackbone = parameters.some(({ name }) => isBackbone(name)) && !missing.some(isBackbone);
    if (conflicts.length === 0 && wholeBackbone && placed.every(isBackbone)) {
      return (
        'The file holds a backbone alone. Put it into the weights folder and name it in the pipeline as backbone.weights: ' +
        'training then starts from it.'
      );
    }
    if (conflicts.length === 0 && missing.every(isBackbone) && missing.length > 0 && !placed.some(isBackbone)) {
      return 'The file holds everything but the backbone. Name a checkpoint of this pipeline as baseCheckpoint, to take it from there.';
    }
    const likely = await this.recognizer.describe(file, imageSize);
    const backboneFits = !missing.some(isBackbone) && !conflicts.some(({ spec }) => isBackbone(spec.name));
    if (!backboneFits) return `${likely} The pipeline has backbone "${definition.backbone.name}".`.trim();
    return unexpected.length > 0 && conflicts.length + missing.length === 0
      ? 'Choose decoder options that have a place for them, or leave them out with ignoreUnexpected.'
      : 'The backbone fits. Choose the decoder options that the file was made with: layers, hiddenSize, feedForwardSize, inputProjection.';
  }
}

function baseGives(base: LoadedCheckpoint | undefined, { parameters }: AssembledPipeline, name: string): boolean {
  const shape = parameters.find((spec) => spec.name === name)?.shape;
  return base?.parameters[name]?.shape.join() === shape?.join() && shape !== undefined;
}
