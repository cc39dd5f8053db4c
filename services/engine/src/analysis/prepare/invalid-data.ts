import type { FieldError } from '@penstock/contracts';

/** The data do not allow the analysis as asked for; told to the caller as `invalid_analysis`. */
export class InvalidData extends Error {
  override readonly name = 'InvalidData';
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super(errors.map(({ message }) => message).join('; '));
    this.errors = errors;
  }
}

export const invalidData = (role: string, message: string, received: unknown, accepted: unknown): InvalidData =>
  new InvalidData([{ field: `/mapping/${role}`, message, received, accepted }]);
