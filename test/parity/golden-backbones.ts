import { Resnet, resnetOptions } from '@query2label/plugin-resnet';
import { Tresnet, tresnetOptions } from '@query2label/plugin-tresnet';
import { VitB16 } from '@query2label/plugin-vit';
import { parseOptions } from '@query2label/sdk';
import type { BackboneContext, BuiltBackbone } from '@query2label/sdk';

type Build = (context: BackboneContext) => BuiltBackbone | Promise<BuiltBackbone>;

const resnet =
  (depth: number): Build =>
  (context) =>
    new Resnet().build(parseOptions(resnetOptions, { depth }, 'resnet'), context);
const tresnet =
  (variant: string): Build =>
  (context) =>
    new Tresnet().build(parseOptions(tresnetOptions, { variant }, 'tresnet'), context);

/** Our backbones by the names that the official command line gives them. */
export const GOLDEN_BACKBONES: Readonly<Record<string, Build>> = {
  resnet18: resnet(18),
  resnet34: resnet(34),
  resnet50: resnet(50),
  resnet101: resnet(101),
  tresnetl: tresnet('l'),
  tresnetxl: tresnet('xl'),
  tresnetl_v2: tresnet('l-v2'),
  vit_b_16: (context) => new VitB16().build({ positionGrid: 14 }, context),
};
