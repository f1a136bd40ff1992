import { Query2LabelPlugin } from '@query2label/sdk';
import { TinyNet } from './tiny-net.js';

export { TinyNet };

@Query2LabelPlugin({
  name: 'template',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'A tiny backbone to start a plugin from',
  providers: [TinyNet],
})
export class TemplatePlugin {}

export default TemplatePlugin;
