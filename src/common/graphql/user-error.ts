import { Field, InterfaceType, ObjectType } from '@nestjs/graphql';

/** What every expected error looks like over GraphQL. */
@InterfaceType('UserError', {
  description: 'An expected failure that the caller can mend. Result unions of mutations hold one of its types.',
})
export abstract class UserError {
  @Field({ description: 'Stable and meant for programs, for example NOT_FOUND.' })
  readonly code: string;

  @Field({ description: 'What went wrong, with what was received and what is expected.' })
  readonly message: string;

  @Field(() => String, { nullable: true, description: 'How to mend it, where that is known.' })
  readonly help?: string;

  constructor(error: { readonly code: string; readonly message: string; readonly help?: string }) {
    this.code = error.code;
    this.message = error.message;
    this.help = error.help;
  }
}

@ObjectType({ implements: () => UserError, description: 'There is nothing by that id or name.' })
export class NotFound extends UserError {}

@ObjectType({ description: 'One place of an input that is not valid.' })
export class FieldError {
  @Field({ description: 'Where in the input, for example recipe.optimizer.options; empty for the whole input.' })
  readonly path: string;

  @Field({ description: 'What was received and what is expected.' })
  readonly message: string;
}

@ObjectType({ implements: () => UserError, description: 'The input breaks a rule; fields name each place.' })
export class InvalidInput extends UserError {
  @Field(() => [FieldError], { description: 'Every place that is not valid.' })
  readonly fields: readonly FieldError[];

  constructor(error: {
    readonly code: string;
    readonly message: string;
    readonly help?: string;
    readonly fields: readonly FieldError[];
  }) {
    super(error);
    this.fields = error.fields;
  }
}

@ObjectType({ implements: () => UserError, description: 'The request clashes with the present state.' })
export class Conflict extends UserError {}

@ObjectType({ implements: () => UserError, description: 'The bytes are not a picture that the platform accepts.' })
export class UnreadableImage extends UserError {}
