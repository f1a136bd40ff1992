interface ComponentReference {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

const resnet = (depth: number): ComponentReference => ({ name: 'resnet', options: { depth } });
const tresnet = (variant: string): ComponentReference => ({ name: 'tresnet', options: { variant } });
const swin = (variant: string, window: number): ComponentReference => ({
  name: 'swin',
  options: { variant, window, dropPath: 0 },
});

/** Our backbones by what the official command line calls them (`--backbone`). */
const BACKBONES: Readonly<Record<string, ComponentReference>> = {
  resnet18: resnet(18),
  resnet34: resnet(34),
  resnet50: resnet(50),
  resnet101: resnet(101),
  tresnetl: tresnet('l'),
  tresnetxl: tresnet('xl'),
  tresnetl_v2: tresnet('l-v2'),
  swin_B_224_22k: swin('b', 7),
  swin_B_384_22k: swin('b', 12),
  swin_L_224_22k: swin('l', 7),
  swin_L_384_22k: swin('l', 12),
  CvT_w24: { name: 'cvt', options: { dropPath: 0 } },
  vit_b_16: { name: 'vit-b-16', options: {} },
  vit_l_16: { name: 'vit-l-16', options: {} },
};

/** @throws Error with the names that are known */
export function officialBackbone(name: string): ComponentReference {
  const reference = Object.hasOwn(BACKBONES, name) ? BACKBONES[name] : undefined;
  if (reference !== undefined) return reference;
  throw new Error(`has the unknown backbone "${name}". Known are ${Object.keys(BACKBONES).join(', ')}.`);
}
