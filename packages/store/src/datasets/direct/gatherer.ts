import { kindByFirst, MISSING } from '../convert/first-value.ts';
import { Cells } from './cells.ts';
import { LONGEST_PLAIN, plainNumber } from './plain-number.ts';

export interface GathererOptions {
  readonly columns: number;
  /** Whether `1,5` is one and a half. */
  readonly decimalComma: boolean;
  /** Where cells go that are too many for that; made when it is needed. */
  readonly spillPath: string;
  readonly thresholds?: Partial<GatherThresholds>;
}

export interface GatherThresholds {
  /** Above, no column is direct: the database copes with such sizes. */
  readonly rows: number;
  /** Rows × columns, likewise; as cells of 8 bytes on disk. */
  readonly cells: number;
  /** Cells gathered before they are put away. */
  readonly blockCells: number;
  /** Bytes of cells held in memory; further ones go to disk. */
  readonly heldBytes: number;
  /** Bytes of different texts held in memory, about; the column that brings more is left to the database. */
  readonly textBytes: number;
}

const DEFAULTS: GatherThresholds = {
  rows: 2 ** 25,
  cells: 2 ** 28,
  blockCells: 2 ** 22,
  heldBytes: 2 ** 26,
  textBytes: 2 ** 26,
};
/** What an entry of a map costs besides its characters, in bytes, about. */
const ENTRY_BYTES = 100;

const UNDECIDED = 0;
const NUMBER = 1;
const BOOLEAN = 2;
const TEXT = 3;
const TIMESTAMP = 4;
const REFERRED = 5;
const KINDS = { number: NUMBER, boolean: BOOLEAN, text: TEXT, timestamp: TIMESTAMP } as const;

/** The values of a column from its first row to its last, in pieces; NaN: missing. To be read before the next column's. */
export type Pieces = () => Iterable<Float64Array>;

export type Gathered =
  | { readonly kind: 'number' | 'boolean'; readonly pieces: Pieces }
  /** Values are indices into `texts`. A timestamp is one by its first value only. */
  | { readonly kind: 'text' | 'timestamp'; readonly pieces: Pieces; readonly texts: readonly string[] };

const missing: ReadonlySet<string> = new Set(MISSING);

/**
 * Types and keeps what needs no judgement while the upload is read: columns of nothing but plain numbers, of true and
 * false, and of text. That is most columns of most uploads, and many times as fast as asking the database for each.
 * Of timestamps the different texts are kept, for the database to read. Other columns (an odd one among numbers, more
 * different texts than fit) are left to it altogether.
 */
export class Gatherer {
  readonly #options: GathererOptions;
  readonly #thresholds: GatherThresholds;
  readonly #cells: Cells;
  readonly #scratch = Buffer.alloc(4 * LONGEST_PLAIN);
  readonly #texts: { codes: Map<string, number>; bytes: number }[] = [];
  #kinds: Uint8Array;
  #textBytes = 0;
  #rows = 0;
  #gaveUp = false;

  constructor(options: GathererOptions) {
    this.#options = options;
    this.#thresholds = { ...DEFAULTS, ...options.thresholds };
    this.#kinds = new Uint8Array(options.columns);
    this.#cells = new Cells({
      columns: options.columns,
      blockCells: this.#thresholds.blockCells,
      heldBytes: this.#thresholds.heldBytes,
      spillPath: options.spillPath,
    });
  }

  /** A field of the row that is open, as UTF-8; fields that are not given are missing. */
  addBytes(column: number, bytes: Buffer, start: number, end: number): void {
    const kind = this.#kinds[column] as number;
    if (start === end || kind === REFERRED) return;
    if (kind <= NUMBER) {
      const value = plainNumber(bytes, start, end, this.#options.decimalComma);
      if (!Number.isNaN(value)) {
        this.#kinds[column] = NUMBER;
        this.#cells.set(column, value);
        return;
      }
    }
    this.#add(column, kind, bytes.toString('utf8', start, end));
  }

  addText(column: number, field: string | null): void {
    const kind = this.#kinds[column] as number;
    if (field === null || field === '' || kind === REFERRED) return;
    if (kind <= NUMBER && field.length <= LONGEST_PLAIN) {
      this.addBytes(column, this.#scratch, 0, this.#scratch.write(field));
    } else {
      // As it would come back from a file.
      this.#add(column, kind, field.toWellFormed());
    }
  }

  #add(column: number, kind: number, text: string): void {
    if (missing.has(text)) return;
    if (kind === UNDECIDED) {
      const first = kindByFirst(text, this.#options.decimalComma);
      // Not plain, or it would have been added as one.
      if (first === 'number') this.#refer(column);
      else {
        this.#kinds[column] = KINDS[first];
        this.#add(column, KINDS[first], text);
      }
    } else if (kind === TEXT || kind === TIMESTAMP) {
      this.#addCode(column, text);
    } else {
      const lower = kind === BOOLEAN ? text.toLowerCase() : '';
      if (lower === 'true' || lower === 'false') this.#cells.set(column, lower === 'true' ? 1 : 0);
      else this.#refer(column);
    }
  }

  #addCode(column: number, text: string): void {
    this.#texts[column] ??= { codes: new Map(), bytes: 0 };
    const known = this.#texts[column];
    let code = known.codes.get(text);
    if (code === undefined) {
      code = known.codes.size;
      known.codes.set(text, code);
      const bytes = 2 * text.length + ENTRY_BYTES;
      known.bytes += bytes;
      this.#textBytes += bytes;
      if (this.#textBytes > this.#thresholds.textBytes) {
        this.#refer(column);
        return;
      }
    }
    this.#cells.set(column, code);
  }

  #refer(column: number): void {
    this.#kinds[column] = REFERRED;
    this.#textBytes -= this.#texts[column]?.bytes ?? 0;
    delete this.#texts[column];
  }

  endRow(): void {
    if (this.#gaveUp) return;
    this.#cells.endRow();
    const { rows, cells } = this.#thresholds;
    if (++this.#rows <= rows && this.#rows * this.#kinds.length <= cells) return;
    this.#gaveUp = true;
    for (const column of this.#kinds.keys()) this.#refer(column);
    this.#cells.close();
  }

  /** More columns from the row that is open on, in which nothing was added yet; rows before have them missing. */
  widen(columns: number): void {
    const kinds = new Uint8Array(columns).fill(this.#gaveUp ? REFERRED : UNDECIDED);
    kinds.set(this.#kinds);
    this.#kinds = kinds;
    if (!this.#gaveUp) this.#cells.widen(columns);
  }

  /** Ends the gathering. @returns for each column what is known of it; undefined: to be judged by the database */
  finish(): (Gathered | undefined)[] {
    if (!this.#gaveUp) this.#cells.finish();
    return Array.from(this.#kinds, (kind, column) => {
      const pieces = (): Iterable<Float64Array> => this.#cells.pieces(column);
      if (kind === REFERRED) return undefined;
      if (kind <= BOOLEAN) return { kind: kind === BOOLEAN ? 'boolean' : 'number', pieces };
      return { kind: kind === TEXT ? 'text' : 'timestamp', pieces, texts: [...(this.#texts[column]?.codes.keys() ?? [])] };
    });
  }

  /** Lets go of memory and file; nothing can be read from then on. */
  close(): void {
    this.#cells.close();
  }
}
