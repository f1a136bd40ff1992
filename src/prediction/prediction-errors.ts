import { ExpectedError } from '../common/errors/index.js';

/** More images are waiting than the configuration allows; nothing of the request was taken. */
export class PredictionOverloadedError extends ExpectedError {
  override readonly name = 'PredictionOverloadedError';

  constructor(message: string) {
    super('PREDICTION_OVERLOADED', message, {
      help: 'Try again in a moment with fewer images, or raise prediction.maximumQueued or prediction.workers.',
    });
  }
}

/** No prediction process can take the request: the server is stopping, or the processes do not start. */
export class PredictionUnavailableError extends ExpectedError {
  override readonly name = 'PredictionUnavailableError';

  constructor(message: string, help = 'Look at the log of the prediction process, mend the cause and try again.') {
    super('PREDICTION_UNAVAILABLE', message, { help });
  }
}

/** The prediction process ended while it worked on the request, and the retry ended the same way. */
export class PredictionWorkerLostError extends ExpectedError {
  override readonly name = 'PredictionWorkerLostError';

  /** @param cause how it ended: `signal SIGKILL`, `exit code 1` */
  constructor(cause: string) {
    super('PREDICTION_WORKER_LOST', `The prediction process ended before it answered (${cause}).`, {
      help: 'A new process is started by itself. If the same request fails again, its image or model exhausts the process: see the log.',
    });
  }
}

/** The prediction process did not answer within the time allowed and was stopped. */
export class PredictionTimedOutError extends ExpectedError {
  override readonly name = 'PredictionTimedOutError';

  constructor(job: string, milliseconds: number) {
    super('PREDICTION_TIMED_OUT', `The prediction process did not finish "${job}" within ${milliseconds} ms.`, {
      help: 'Raise prediction.timeoutSeconds if the model or the split is that large.',
    });
  }
}
