import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const whole = z.int().positive();
const matrix = z.array(z.array(z.number()));

/** Statistics and some values of a tensor; `layout` is that of the official code, channels before cells. */
const sampled = z.object({
  shape: z.array(whole),
  mean: z.number(),
  std: z.number(),
  sample_index: z.array(z.int()),
  sample: z.array(z.number()),
});
export type Sampled = z.output<typeof sampled>;

const gradient = z.object({ norm64: z.number(), index: z.array(z.int()), value64: z.array(z.number()) });
const changed = z.object({
  norm: z.number(),
  delta: z.number(),
  ema: z.number(),
  ema_delta: z.number(),
  ema05: z.number(),
  ema05_delta: z.number(),
});

const training = z.object({
  losses: z.array(z.number()).min(1),
  losses_float64: z.array(z.number()),
  train_logits: matrix,
  logits_after_step5_eval_mode: matrix,
  'ema_logits_0.5_eval_mode': matrix,
  grad: z.record(z.string(), gradient.nullable()),
  step1: z.record(z.string(), z.tuple([z.number(), z.number()])),
  after_step5: z.record(z.string(), changed),
});
export type ReferenceTraining = z.output<typeof training>;

/** One configuration of the official PyTorch code with the numbers that it gives, format `q2l-golden-1`. */
const referenceFile = z.object({
  format: z.literal('q2l-golden-1'),
  config: z.object({
    name: z.string(),
    backbone: z.string(),
    img_size: whole,
    num_class: whole,
    batch: whole,
    hidden_dim: whole,
    dim_feedforward: whole,
    nheads: whole,
    enc_layers: z.int().min(0),
    dec_layers: whole,
    keep_input_proj: z.boolean(),
    pre_norm: z.boolean(),
    keep_first_self_attn_dec: z.boolean(),
    keep_other_self_attn_dec: z.boolean(),
    activation: z.enum(['relu', 'gelu']),
    image_name: z.string(),
    variant: z.literal('abn_signed').optional(),
  }),
  state_dict: z.array(
    z.tuple([z.string(), z.array(whole), z.enum(['train', 'frozen', 'buffer', 'intbuffer']), z.number().nullable()]),
  ),
  input: sampled,
  targets: z.array(z.string().regex(/^[01]+$/)),
  logits: matrix,
  logits_float64: matrix,
  second_image: z.object({ image_name: z.string(), logits: matrix }).optional(),
  backbone_feature: sampled,
  projected_feature: sampled,
  encoder_output: sampled,
  decoder_layers: z.array(sampled),
  decoder_norm_output: sampled,
  position_encoding: z.object({
    shape: z.array(whole),
    points: z.array(z.tuple([z.int(), z.int(), z.int(), z.number()])),
  }),
  cross_attention: z.object({ labels: z.array(z.int()), weights: z.array(matrix) }),
  losses: z.record(z.string(), z.object({ value: z.number(), dlogits: matrix })),
  training: training.optional(),
});
export type ReferenceFile = z.output<typeof referenceFile>;

/** @throws Error saying what is wrong with the file, on one line */
export async function readReferenceFile(path: string): Promise<ReferenceFile> {
  const text = await readFile(path, 'utf8');
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new Error(`is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const result = referenceFile.safeParse(content);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path: place, message }) => `${place.join('.') || 'file'}: ${message}`);
  const more = issues.length > 3 ? `; and ${issues.length - 3} more` : '';
  throw new Error(`is not a configuration file of format q2l-golden-1: ${issues.slice(0, 3).join('; ')}${more}`);
}
