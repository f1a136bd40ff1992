import { ExpectedError } from '../../common/errors/index.js';

/** The loss or the gradients are no longer numbers. The run stops there; its last checkpoint is from before. */
export class DivergedError extends ExpectedError {
  override readonly name = 'DivergedError';

  constructor(step: number, loss: number, gradientNorm: number, learningRate: number) {
    super(
      'DIVERGED',
      `Step ${step} gave a loss of ${loss} and a gradient norm of ${gradientNorm} at learning rate ${learningRate}; training stopped.`,
      { help: 'Lower the learning rate or set gradientClipNorm. The last checkpoint holds the state before.' },
    );
  }
}
