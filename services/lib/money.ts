/** An amount in minor units (cents) of a currency. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}
