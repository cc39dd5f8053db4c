const nothing = (): void => undefined;

/** Stands for every series while metrics are off. */
export const OFF_INSTRUMENT = Object.freeze({
  inc: nothing,
  dec: nothing,
  set: nothing,
  observe: nothing,
  readWith: nothing,
  of: () => OFF_ONE,
});

const OFF_ONE = Object.freeze({ inc: nothing, set: nothing, observe: nothing });
