import { Query2LabelPlugin } from '@query2label/sdk';
import { Tresnet } from './tresnet.js';

export { Tresnet };
export { tresnetOptions } from './options.js';
export type { TresnetOptions } from './options.js';

@Query2LabelPlugin({
  name: 'tresnet',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'TResNet backbones',
  providers: [Tresnet],
})
export class TresnetPlugin {}

export default TresnetPlugin;
