import { Query2LabelPlugin } from '@query2label/sdk';
import { Constant } from './constant.js';
import { Cosine } from './cosine.js';
import { OneCycle } from './one-cycle.js';

export { Constant, Cosine, OneCycle };

@Query2LabelPlugin({
  name: 'schedules',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'One-cycle, constant and cosine learning rates',
  providers: [OneCycle, Constant, Cosine],
})
export class SchedulesPlugin {}

export default SchedulesPlugin;
