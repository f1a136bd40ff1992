import { OptionsError } from '@query2label/sdk';
import type { OptionFault } from '@query2label/sdk';
import type { Query2LabelOptions } from './options.js';

/** The divisors of `size` among 1 to 16, as suggestions for a number of heads. */
function fittingHeads(size: number): string {
  return Array.from({ length: 16 }, (_, index) => index + 1)
    .filter((heads) => size % heads === 0)
    .join(', ');
}

/**
 * Checks what the option schema cannot: that sizes fit each other and the backbone.
 * @throws OptionsError with the numbers involved
 */
export function checkFit(options: Query2LabelOptions, channels: number): void {
  const { hiddenSize, heads, inputProjection } = options;
  const faults: OptionFault[] = [];
  if (hiddenSize % 4 !== 0) {
    faults.push({
      path: 'hiddenSize',
      message: `received ${hiddenSize}, expected a multiple of 4 for the sine position encoding, for example ${Math.ceil(hiddenSize / 4) * 4}`,
    });
  }
  if (hiddenSize % heads !== 0) {
    faults.push({
      path: 'heads',
      message: `received ${heads}, which does not divide hiddenSize ${hiddenSize}; expected for example one of ${fittingHeads(hiddenSize)}`,
    });
  }
  if (inputProjection === false && hiddenSize !== channels) {
    faults.push({
      path: 'inputProjection',
      message: `received false with hiddenSize ${hiddenSize}, but the backbone has ${channels} channels; set hiddenSize to ${channels}, or inputProjection to "auto"`,
    });
  }
  if (faults.length > 0) throw new OptionsError('decoder "query2label"', faults);
}
