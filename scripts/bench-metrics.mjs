// Processor time of every metric on 40,000 images with 80 labels. Fails if a mean average precision takes 2 s or more.
import * as metrics from '@query2label/plugin-metrics';
import { componentMetadataOf } from '@query2label/sdk';

const [images, labels, limit] = [40_000, 80, 2];
let state = 1;
const draw = () => (state = (state * 48271) % 2147483647) / 2147483647;
const scores = Float32Array.from({ length: images * labels }, draw);
const targets = Int8Array.from({ length: images * labels }, () => (draw() < 0.035 ? 1 : 0));
for (const Provider of Object.values(metrics)) {
  const component = typeof Provider === 'function' ? componentMetadataOf(Provider) : undefined;
  if (component === undefined) continue;
  const before = process.cpuUsage();
  const { value } = new Provider().build(component.options.parse({})).compute({ images, labels, scores, targets });
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  console.log(`${component.name.padEnd(28)} ${seconds.toFixed(2)} s   value ${value.toFixed(4)}`);
  if (seconds >= limit) process.exitCode = 1;
}
