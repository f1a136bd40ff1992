import { Injectable } from '@nestjs/common';
import { createParameterDeclarations, type ImageSize, OptionsError } from '@query2label/sdk';
import { ExpectedError } from '../../common/errors/index.js';
import { isRecord } from '../../common/guards.js';
import type { WeightFile } from '../../common/weight-file/index.js';
import { ComponentRegistry, type RegisteredComponent } from '../../plugin/index.js';
import { WeightFolder } from '../weight-folder.js';
import { matchParameters } from './match-parameters.js';
import { BACKBONE_PREFIX, type ParameterTarget } from './parameter-target.js';
import { isCounter } from './tensor-names.js';

/** How well a backbone fits a file. */
export interface BackboneFit {
  readonly backbone: string;
  /** Options beside the defaults. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Parameters with a tensor of their name and shape in the file. */
  readonly matched: number;
  readonly total: number;
}

/** Tried where a backbone does not allow the size of the pipeline: what networks are published for. */
const PUBLISHED_SIZES = [224, 384, 448];
/** Fits below this are coincidence: names such as `conv1.weight` are everywhere. */
const LEAST_SHARE = 0.5;

/** Finds out which backbone a file of weights is of, by building the declarations of all that are registered. */
@Injectable()
export class BackboneRecognizer {
  constructor(
    private readonly registry: ComponentRegistry,
    private readonly weights: WeightFolder,
  ) {}

  /** One sentence for an error message; empty if no registered backbone comes near. */
  async describe(file: WeightFile, imageSize: ImageSize): Promise<string> {
    const fit = await this.recognize(file, imageSize);
    if (fit === undefined) return '';
    const { backbone, options, matched, total } = fit;
    const shown = Object.keys(options).length === 0 ? '' : ` with options ${JSON.stringify(options)}`;
    return `Most likely the file is of backbone "${backbone}"${shown}: ${matched} of its ${total} parameters fit.`;
  }

  /** The backbone and variant that fits best, if any has half of its parameters in the file. */
  async recognize({ tensors }: WeightFile, imageSize: ImageSize): Promise<BackboneFit | undefined> {
    let best: { readonly fit: BackboneFit; readonly score: number } | undefined;
    for (const component of this.registry.list('backbone')) {
      for (const options of variantsOf(component)) {
        const target = await this.targetOf(component, options, imageSize);
        if (target === undefined) continue;
        const matched = matchParameters(target, tensors, true).placements.length;
        const total = target.parameters.filter(({ name }) => !isCounter(name)).length;
        // Tensors that both have, of all that either has: a small network is not mistaken for the large one that contains it.
        const score = matched / (total + tensors.length - matched);
        if (matched / total >= LEAST_SHARE && score > (best?.score ?? 0)) {
          best = { fit: { backbone: component.name, options, matched, total }, score };
        }
      }
    }
    return best?.fit;
  }

  private async targetOf(
    { name, provider }: RegisteredComponent<'backbone'>,
    options: Readonly<Record<string, unknown>>,
    wanted: ImageSize,
  ): Promise<ParameterTarget | undefined> {
    const sizes = [wanted, ...PUBLISHED_SIZES.map((size) => ({ height: size, width: size }))];
    for (const imageSize of sizes) {
      const declarations = createParameterDeclarations();
      try {
        const resolved = this.registry.resolve('backbone', { name, options });
        const parameters = declarations.scope(BACKBONE_PREFIX.slice(0, -1));
        const backbone = await provider.build(resolved.options, { imageSize, parameters, assets: this.weights });
        const { specs, publishedBuffers } = declarations;
        return { parameters: specs, publishedBuffers, backbone, decoder: {} };
      } catch (error) {
        // A variant that needs more options, or another image size, is not a candidate.
        if (!(error instanceof OptionsError) && !(error instanceof ExpectedError)) throw error;
      }
    }
    return undefined;
  }
}

/** The default options, and all that differ from them in one option with a short list of values. */
function variantsOf({ optionSchema }: RegisteredComponent<'backbone'>): Readonly<Record<string, unknown>>[] {
  const properties = isRecord(optionSchema.properties) ? optionSchema.properties : {};
  const changes = Object.entries(properties).flatMap(([name, schema]) =>
    valuesOf(schema).map((value) => ({ [name]: value })),
  );
  return [{}, ...changes];
}

function valuesOf(schema: unknown): readonly unknown[] {
  if (!isRecord(schema)) return [];
  const values = Array.isArray(schema.enum) ? schema.enum : schema.type === 'boolean' ? [true, false] : [];
  return values.filter((value) => value !== schema.default);
}
