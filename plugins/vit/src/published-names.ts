const LAYER = /^encoder\.layers\.encoder_layer_(\d+)\.(.+)$/;

/** Parts outside the layers: ours (torchvision's) -> timm's. */
const TOP: Readonly<Record<string, string>> = {
  class_token: 'cls_token',
  'conv_proj.weight': 'patch_embed.proj.weight',
  'conv_proj.bias': 'patch_embed.proj.bias',
  'encoder.pos_embedding': 'pos_embed',
  'encoder.ln.weight': 'norm.weight',
  'encoder.ln.bias': 'norm.bias',
};

/** Parts of a layer: beginning of ours -> of timm's. */
const PARTS: Readonly<Record<string, string>> = {
  'self_attention.in_proj_': 'attn.qkv.',
  'self_attention.out_proj.': 'attn.proj.',
  'ln_1.': 'norm1.',
  'ln_2.': 'norm2.',
  'mlp.0.': 'mlp.fc1.',
  'mlp.3.': 'mlp.fc2.',
};

/** torchvision's published weights are older than its present names. */
const OLDER: Readonly<Record<string, string>> = { 'mlp.0.': 'mlp.linear_1.', 'mlp.3.': 'mlp.linear_2.' };

/** Names under which timm's files, and torchvision's older ones, hold a parameter. */
export function publishedNames(name: string): readonly string[] {
  const [, index, part] = LAYER.exec(name) ?? [];
  if (index === undefined || part === undefined) return TOP[name] === undefined ? [] : [TOP[name]];
  const renamed = (names: Readonly<Record<string, string>>, layer: string): string[] =>
    Object.entries(names)
      .filter(([ours]) => part.startsWith(ours))
      .map(([ours, theirs]) => `${layer}.${theirs}${part.slice(ours.length)}`);
  return [...renamed(PARTS, `blocks.${index}`), ...renamed(OLDER, `encoder.layers.encoder_layer_${index}`)];
}
