import { registerUserError } from '../common/graphql/index.js';
import {
  PredictionOverloadedError,
  PredictionTimedOutError,
  PredictionUnavailableError,
  PredictionWorkerLostError,
} from './prediction-errors.js';
import { QuantizationRefusedError } from './quantization/quantization-refused.error.js';
import { QuantizationRefused } from './quantization/quantization.types.js';
import { PredictionOverloaded, PredictionUnavailable } from './prediction.types.js';

/** Says how the errors of this room are shown over GraphQL. */
export function registerPredictionErrors(): void {
  registerUserError(PredictionOverloadedError, (error) => new PredictionOverloaded(error));
  registerUserError(PredictionUnavailableError, (error) => new PredictionUnavailable(error));
  registerUserError(PredictionWorkerLostError, (error) => new PredictionUnavailable(error));
  registerUserError(QuantizationRefusedError, (error) => new QuantizationRefused(error));
  registerUserError(PredictionTimedOutError, (error) => new PredictionUnavailable(error));
}
