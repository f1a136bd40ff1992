import type { AugmentationProvider, ImporterProvider } from './data.js';
import type { BackboneProvider, DecoderProvider, LossProvider } from './model.js';
import type { MetricProvider, OptimizerProvider, ScheduleProvider } from './training.js';

/** The interface that a provider class implements, by the kind of component that it contributes. */
export interface ComponentProviders<Options> {
  readonly backbone: BackboneProvider<Options>;
  readonly decoder: DecoderProvider<Options>;
  readonly loss: LossProvider<Options>;
  readonly optimizer: OptimizerProvider<Options>;
  readonly schedule: ScheduleProvider<Options>;
  readonly augmentation: AugmentationProvider<Options>;
  readonly importer: ImporterProvider<Options>;
  readonly metric: MetricProvider<Options>;
}
