import { Readable } from 'node:stream';
import type { Clock, Timer } from '@penstock/clock';
import { ProblemError } from '@penstock/contracts';

/** The live parts of the page, by the id of the element that each is the content of. */
export type Sections = Readonly<Record<string, string>>;

interface ViewersDeps {
  readonly clock: Clock;
  /** Renders every section as it is now. */
  readonly render: () => Sections;
  /** Names the script and the style that the sections belong to: a page with others loads itself again. */
  readonly page: string;
  readonly onError: (error: unknown) => void;
}

export const MAX_VIEWERS = 100;
const TICK_MS = 1000;
/** A viewer that has taken nothing for so many ticks is let go. */
const PATIENCE_TICKS = 30;
/** What a viewer gets to read the closing event. */
const CLOSING_MS = 1000;
/** When to come back after a refusal, s. */
const RETRY_S = 10;

/**
 * The open pages, sent what has changed once a second by one ticker, which stands still while there are none. A viewer
 * that reads slowly misses updates and gets the whole state later: no more than one update waits for it.
 */
export class Viewers {
  readonly #deps: ViewersDeps;
  readonly #open = new Set<Viewer>();
  #ticker: Timer | undefined;
  #last: Sections = {};
  #closing = false;

  constructor(deps: ViewersDeps) {
    this.#deps = deps;
  }

  get count(): number {
    return this.#open.size;
  }

  /**
   * The events of a new viewer.
   * @throws ProblemError overloaded where there are too many, draining once closed
   */
  join(): Readable {
    if (this.#closing) throw new ProblemError('draining', 'The gateway is shutting down', { layer: 'drain', retryAfterS: 1 });
    if (this.#open.size >= MAX_VIEWERS) {
      throw new ProblemError('overloaded', `${MAX_VIEWERS} pages follow the status already; /status shows it once`, {
        layer: 'admission',
        retryAfterS: RETRY_S,
        evidence: { viewers: MAX_VIEWERS },
      });
    }
    const viewer: Viewer = new Viewer(() => this.#open.delete(viewer));
    this.#open.add(viewer);
    this.#ticker ??= this.#plan();
    return viewer.stream;
  }

  /** Tells every viewer that no more comes, and ends its reply; one that does not read that is cut off. */
  close(): void {
    this.#closing = true;
    this.#ticker?.cancel();
    for (const viewer of this.#open) viewer.close();
    if (this.#open.size > 0) this.#deps.clock.timer(CLOSING_MS, () => this.#cutOff(), { keepAlive: false });
  }

  #plan(): Timer {
    return this.#deps.clock.timer(TICK_MS, () => this.#tick(), { keepAlive: false });
  }

  #tick(): void {
    this.#ticker = this.#open.size === 0 ? undefined : this.#plan();
    if (this.#ticker === undefined) return;
    try {
      this.#update(this.#deps.render());
    } catch (error) {
      this.#deps.onError(error);
      this.#cutOff();
    }
  }

  #update(sections: Sections): void {
    const changed = Object.fromEntries(Object.entries(sections).filter(([id, html]) => this.#last[id] !== html));
    this.#last = sections;
    const update = once(() => this.#message(changed));
    const whole = once(() => this.#message(sections));
    for (const viewer of this.#open) viewer.offer(update, whole);
  }

  #message(sections: Sections): string {
    return `data: ${JSON.stringify({ page: this.#deps.page, sections })}\n\n`;
  }

  #cutOff(): void {
    for (const viewer of this.#open) viewer.stream.destroy();
  }
}

/** One page. Its stream asks for the next event when its connection has taken the one before. */
class Viewer {
  readonly stream: Readable;
  #wants = false;
  /** Ticks since it took an event; it is behind until it has the whole state. */
  #missed = 1;

  constructor(onGone: () => void) {
    this.stream = new Readable({
      highWaterMark: 1,
      read: () => {
        this.#wants = true;
      },
    });
    this.stream.once('close', onGone);
    // Sends the headers: a page knows at once that it is connected.
    this.stream.push(': connected\n\n');
  }

  offer(update: () => string, whole: () => string): void {
    if (!this.#wants) {
      this.#missed++;
      if (this.#missed > PATIENCE_TICKS) this.stream.destroy();
      return;
    }
    this.#wants = false;
    this.stream.push(this.#missed > 0 ? whole() : update());
    this.#missed = 0;
  }

  close(): void {
    this.stream.push('event: closing\ndata: {}\n\n');
    this.stream.push(null);
  }
}

function once(make: () => string): () => string {
  let made: string | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
