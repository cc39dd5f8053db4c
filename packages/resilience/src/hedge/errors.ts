/** The reason of the loser's signal: the other attempt was answered first. */
export class HedgeLostError extends Error {
  override readonly name = 'HedgeLostError';

  constructor() {
    super('The other attempt was answered first');
  }
}
