import { QuantizationError } from '../../errors.js';
import type { OnnxModel } from '../format/model.js';
import { constantsOf } from './constant-tensors.js';
import { modelFingerprint } from './model-fingerprint.js';
import { quantizeModel } from './quantize-model.js';
import type { Quantization } from './quantization.js';

/**
 * The 8-bit model of a float model.
 * @throws QuantizationError if it was calibrated for another model
 */
export async function applyQuantization(
  label: string,
  model: OnnxModel,
  quantization: Quantization,
): Promise<OnnxModel> {
  if (quantization.model !== modelFingerprint(model)) {
    throw new QuantizationError(
      `Program "${label}" is not the one that its 8-bit ranges were found for: its code, its signature or the engine's version has changed. ` +
        'Calibrate it again.',
    );
  }
  return quantizeModel(model, constantsOf(model), (tensor) => {
    const range = quantization.ranges[tensor];
    if (range !== undefined) return range;
    throw new QuantizationError(`The 8-bit ranges of program "${label}" lack "${tensor}". Calibrate it again.`);
  });
}
