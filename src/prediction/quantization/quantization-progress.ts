import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';

export enum QuantizationStage {
  CALIBRATE = 'CALIBRATE',
  MEASURE_FLOAT32 = 'MEASURE_FLOAT32',
  MEASURE_INT8 = 'MEASURE_INT8',
}

registerEnumType(QuantizationStage, {
  name: 'QuantizationStage',
  description: 'What a quantization is at.',
  valuesMap: {
    CALIBRATE: { description: 'Finds the ranges of activations.' },
    MEASURE_FLOAT32: { description: 'Measures the checkpoint in float32.' },
    MEASURE_INT8: { description: 'Measures it in 8 bits: once for each rule of ranges.' },
  },
});

@ObjectType({ description: 'How far a quantization is.' })
export class QuantizationProgress {
  @Field(() => QuantizationStage, { description: 'What it is at.' })
  readonly stage: QuantizationStage;

  @Field(() => Int, { description: 'Pictures done in this stage.' })
  readonly done: number;

  @Field(() => Int, { description: 'Pictures of this stage.' })
  readonly total: number;

  @Field({ description: 'Whether it has ended, well or not; the last event.' })
  readonly finished: boolean;
}
