import { Field, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { ComponentKind } from '@query2label/sdk';
import { Connection, JSONObject } from '../common/graphql/index.js';

/** GraphQL's names of the kinds of component. */
export const ComponentKindEnum = {
  BACKBONE: 'backbone',
  DECODER: 'decoder',
  LOSS: 'loss',
  OPTIMIZER: 'optimizer',
  SCHEDULE: 'schedule',
  AUGMENTATION: 'augmentation',
  IMPORTER: 'importer',
  METRIC: 'metric',
} as const satisfies Readonly<Record<Uppercase<ComponentKind>, ComponentKind>>;

registerEnumType(ComponentKindEnum, {
  name: 'ComponentKind',
  description: 'What a component does.',
  valuesMap: {
    BACKBONE: { description: 'Image in, feature map out.' },
    DECODER: { description: 'Feature map in, one logit for each label out.' },
    LOSS: { description: 'Logits and targets in, the number to make small out.' },
    OPTIMIZER: { description: 'Turns gradients into new parameters.' },
    SCHEDULE: { description: 'The learning rate of each step.' },
    AUGMENTATION: { description: 'Changes training pictures.' },
    IMPORTER: { description: 'Reads a dataset from a folder.' },
    METRIC: { description: 'Measures scores against truths.' },
  },
});

@ObjectType('Plugin', { description: 'A loaded package that contributes components.' })
export class PluginType {
  @Field({ description: 'Unique among the plugins.' })
  readonly name: string;

  @Field({ description: "The plugin's own version." })
  readonly version: string;

  @Field({ description: 'Range of SDK versions that it works with.' })
  readonly sdk: string;

  @Field({ description: 'What it adds, in one sentence.' })
  readonly description: string;
}

@ObjectType('Component', { description: 'One exchangeable part of a pipeline or a training recipe.' })
export class ComponentType {
  @Field(() => ComponentKindEnum, { description: 'What it does.' })
  readonly kind: ComponentKind;

  @Field({ description: 'Unique among the components of its kind; pipelines and recipes name it.' })
  readonly name: string;

  @Field({ description: 'What it is, in one sentence.' })
  readonly description: string;

  @Field(() => PluginType, { description: 'The plugin that contributes it.' })
  readonly plugin: PluginType;

  @Field(() => JSONObject, {
    description: 'JSON Schema (draft 2020-12) of its options: type, range, default and description of each.',
  })
  readonly optionSchema: Readonly<Record<string, unknown>>;
}

@ObjectType({ description: 'Plugins in the order of loading, built-in ones first.' })
export class PluginConnection extends Connection(PluginType, 'Plugin') {}

@ObjectType({ description: 'Components in the order of kind and name.' })
export class ComponentConnection extends Connection(ComponentType, 'Component') {}
