/** What main thread and worker tell each other while a task runs, in shared memory. */
const STOP = 0;
const THREAD = 1;
const FIGURES = 2;
const FIELDS = 3;

export interface Control {
  readonly shared: SharedArrayBuffer;
  /** Main thread: asks the worker to give up. */
  stop(): void;
  /** Worker: whether it was asked to. */
  readonly stopped: boolean;
  /** Worker: which thread computes; 0 while the task waits. */
  thread: number;
  /** Worker: figures that it has still to draw. */
  figuresWaiting: number;
}

export function controlOver(shared = new SharedArrayBuffer(FIELDS * Int32Array.BYTES_PER_ELEMENT)): Control {
  const fields = new Int32Array(shared);
  return {
    shared,
    stop: () => void Atomics.store(fields, STOP, 1),
    get stopped() {
      return Atomics.load(fields, STOP) === 1;
    },
    get thread() {
      return Atomics.load(fields, THREAD);
    },
    set thread(id: number) {
      Atomics.store(fields, THREAD, id);
    },
    get figuresWaiting() {
      return Atomics.load(fields, FIGURES);
    },
    set figuresWaiting(count: number) {
      Atomics.store(fields, FIGURES, count);
    },
  };
}
