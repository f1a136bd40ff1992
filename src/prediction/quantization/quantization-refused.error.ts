import { ExpectedError } from '../../common/errors/index.js';

export interface MeasuredPrecisions {
  readonly metric: string;
  readonly float32: number;
  readonly int8: number;
  /** Largest loss that is accepted. */
  readonly mostLost: number;
}

/** 8 bits cost too much: the checkpoint stays as it is. */
export class QuantizationRefusedError extends ExpectedError {
  override readonly name = 'QuantizationRefusedError';

  constructor(readonly measured: MeasuredPrecisions) {
    const { metric, float32, int8, mostLost } = measured;
    super(
      'QUANTIZATION_REFUSED',
      `In 8 bits ${metric} is ${int8.toFixed(4)}, in float32 ${float32.toFixed(4)}: it may lose ${mostLost} at most.`,
      { help: 'Calibrate on more pictures, or on ones more like those that it will see; else go on in float32.' },
    );
  }
}
