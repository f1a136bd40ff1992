// A contender of the bench: a model that PyTorch exported, run by onnxruntime-node as it comes.
// node raw-onnxruntime.mjs SETTING FILE, with SETTING as in serve.py
import * as ort from 'onnxruntime-node';
import { formulaImages } from '@query2label/sdk/testing';
import { serve } from '../harness/serve.mjs';

const { batch, size, threads, device = 'cpu' } = JSON.parse(process.argv[2]);
const session = await ort.InferenceSession.create(process.argv[3], {
  executionProviders: [device],
  intraOpNumThreads: threads,
  logSeverityLevel: 3,
  // Its default.
  extra: { session: { intra_op: { allow_spinning: process.env.ALLOW_SPINNING ?? '1' } } },
});
const images = new ort.Tensor('float32', channelsFirst(formulaImages('bench', batch, size)), [batch, 3, size, size]);
await serve({ version: `onnxruntime ${ort.env.versions.node ?? ort.env.versions.common}, ${device}` }, async () => {
  const { logits } = await session.run({ images });
  return { loss: null, logits: logits.data };
});

/** `[batch, height, width, 3]` -> `[batch, 3, height, width]` */
function channelsFirst({ shape: [count, height, width, channels], data }) {
  const moved = new Float32Array(data.length);
  const plane = height * width;
  for (let image = 0; image < count; image += 1) {
    for (let place = 0; place < plane; place += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        moved[(image * channels + channel) * plane + place] = data[(image * plane + place) * channels + channel];
      }
    }
  }
  return moved;
}
