import { ExpectedError } from '../../common/errors/index.js';

/** The loss or the gradients are no longer numbers. The run stops there; its last checkpoint is from before. */
export class DivergedError extends ExpectedError {
  override readonly name = 'DivergedError';

  private constructor(found: string) {
    const help = 'Lower the learning rate or set gradientClipNorm. The last checkpoint holds the state before.';
    super('DIVERGED', `${found}; training stopped.`, { help });
  }

  /** @param step optimizer steps done before this one */
  static atStep(step: number, loss: number, gradientNorm: number, learningRate: number): DivergedError {
    return new DivergedError(
      `Step ${step} gave a loss of ${loss} and a gradient norm of ${gradientNorm} at learning rate ${learningRate}`,
    );
  }

  /** A step may be sound and its update not: the next loss would tell, but nothing is kept or evaluated until then. */
  static inParameters(step: number, name: string): DivergedError {
    return new DivergedError(
      `After step ${step - 1}, "${name}" holds values that are not numbers, or too large to compute with`,
    );
  }

  /** Parameters that are numbers, but so large that no score is. */
  static inScores(): DivergedError {
    return new DivergedError('The evaluation gave scores that are not numbers');
  }
}
