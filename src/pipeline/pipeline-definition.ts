import { NORMALIZATIONS } from '@query2label/sdk';
import { z } from 'zod';

const componentReference = (kind: string) =>
  z.strictObject({
    name: z.string().min(1).describe(`Name of the ${kind}, as listed by the \`components\` query`),
    options: z
      .record(z.string(), z.unknown())
      .default({})
      .describe(`Options of the ${kind}; left-out ones take their defaults`),
  });

const channels = z.tuple([z.number(), z.number(), z.number()]);
const positiveChannels = z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]);
const normalizationSchema = z.strictObject({ mean: channels, std: positiveChannels });

/** The definition holds the numbers: what is stored does not change its meaning with a name's. */
function named(name: keyof typeof NORMALIZATIONS): z.output<typeof normalizationSchema> {
  const { mean, std } = NORMALIZATIONS[name];
  return { mean: [...mean], std: [...std] };
}

/** Initial weights of the backbone: a file in the configured weights folder, addressed by name. */
export const weightsReferenceSchema = z.strictObject({
  file: z
    .string()
    .min(1)
    .describe('Name of a file in the weights folder: .safetensors, or a PyTorch checkpoint (.pth)'),
  partial: z
    .boolean()
    .default(false)
    .describe('Accept a file that lacks parameters of the backbone: those keep their random initial values'),
});

/**
 * A pipeline: backbone, decoder and loss with their options, and the size of the pictures they are built for.
 * It says nothing of labels: those come from the dataset that it is trained on.
 */
export const pipelineDefinitionSchema = z.strictObject({
  backbone: componentReference('backbone').extend({
    weights: weightsReferenceSchema.optional().describe('Where the backbone starts from; random values if left out'),
  }),
  decoder: componentReference('decoder'),
  loss: componentReference('loss'),
  image: z.strictObject({
    size: z.int().min(8).max(4096).describe('Height and width in pixels to which pictures are squashed'),
    normalization: z
      .union([z.enum(['imagenet', 'none', 'half']).transform(named), normalizationSchema])
      .optional()
      .describe(
        '(pixel / 255 - mean) / std per channel, or its name: imagenet; none (0 to 1, for TResNet); half (-1 to 1). Default: what the backbone was made for',
      ),
  }),
  freeze: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Name prefixes of parameters that keep their values, for example `backbone.0.`; each must match one at least',
    ),
});

/** A complete pipeline definition, defaults filled in. */
export type PipelineDefinition = z.output<typeof pipelineDefinitionSchema>;
/** A pipeline definition as a person writes it. */
export type PipelineDefinitionInput = z.input<typeof pipelineDefinitionSchema>;
export type WeightsReference = z.output<typeof weightsReferenceSchema>;
