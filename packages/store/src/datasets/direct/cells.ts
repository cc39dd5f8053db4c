import { closeSync, openSync, readSync, writeSync } from 'node:fs';

interface Block {
  readonly rows: number;
  readonly columns: number;
  /** Column after column, in memory; or where they begin in the spill file. */
  readonly cells: Float64Array | number;
}

export interface CellsOptions {
  readonly columns: number;
  /** Cells gathered, at most, before a block is closed; the first blocks are smaller. */
  readonly blockCells: number;
  /** Bytes of closed blocks that are held; further ones go to `spillPath`. */
  readonly heldBytes: number;
  /** A file of its own, made when it is needed; whoever owns its folder removes it. */
  readonly spillPath: string;
}

const FEWEST_ROWS = 16;
/** Values of a piece at least, but for the last one and those before a large block. */
const PIECE_ROWS = 4096;

/** A table of numbers that comes row by row and is read column by column. What is not set is NaN. */
export class Cells {
  readonly #options: CellsOptions;
  readonly #blocks: Block[] = [];
  #columns: number;
  #capacity = FEWEST_ROWS;
  #open: Float64Array<ArrayBuffer> = new Float64Array(0);
  readonly #piece = new Float64Array(PIECE_ROWS);
  #row = 0;
  #heldBytes = 0;
  #spill: number | undefined;
  #spilledBytes = 0;

  constructor(options: CellsOptions) {
    this.#options = options;
    this.#columns = options.columns;
    this.#begin(FEWEST_ROWS);
  }

  set(column: number, value: number): void {
    this.#open[column * this.#capacity + this.#row] = value;
  }

  endRow(): void {
    if (++this.#row < this.#capacity) return;
    this.#closeBlock();
    this.#begin(2 * this.#capacity);
  }

  /** More columns from the row that is open on, in which nothing is set yet; rows before have them missing. */
  widen(columns: number): void {
    const cells = columns * this.#capacity;
    if (cells > this.#options.blockCells) this.#closeBlock();
    this.#columns = columns;
    if (cells > this.#options.blockCells) {
      this.#begin(FEWEST_ROWS);
      return;
    }
    if (cells <= this.#open.length) return;
    // Doubled, as names may come one by one.
    const wider = new Float64Array(Math.max(cells, 2 * this.#open.length)).fill(Number.NaN);
    wider.set(this.#open);
    this.#open = wider;
  }

  /** Ends the writing. */
  finish(): void {
    this.#closeBlock();
    this.#open = new Float64Array(0);
  }

  /** The values of a column from the first row to the last; a piece is overwritten by the next. */
  *pieces(column: number): Generator<Float64Array> {
    let filled = 0;
    for (const block of this.#blocks) {
      if (filled + block.rows > PIECE_ROWS) {
        if (filled > 0) yield this.#piece.subarray(0, filled);
        filled = 0;
      }
      const values = this.#values(block, column);
      if (block.rows >= PIECE_ROWS) {
        yield values ?? new Float64Array(block.rows).fill(Number.NaN);
        continue;
      }
      if (values === undefined) this.#piece.fill(Number.NaN, filled, filled + block.rows);
      else this.#piece.set(values, filled);
      filled += block.rows;
    }
    if (filled > 0) yield this.#piece.subarray(0, filled);
  }

  #values({ rows, columns, cells }: Block, column: number): Float64Array | undefined {
    if (column >= columns) return undefined;
    return typeof cells === 'number'
      ? this.#read(cells + 8 * column * rows, rows)
      : cells.subarray(column * rows, (column + 1) * rows);
  }

  close(): void {
    this.#blocks.length = 0;
    this.#open = new Float64Array(0);
    if (this.#spill !== undefined) closeSync(this.#spill);
    this.#spill = undefined;
  }

  #begin(rows: number): void {
    const most = Math.floor(this.#options.blockCells / Math.max(1, this.#columns));
    this.#capacity = Math.max(1, Math.min(rows, most));
    const cells = this.#capacity * this.#columns;
    if (this.#open.length < cells) this.#open = new Float64Array(cells);
    this.#open.fill(Number.NaN);
    this.#row = 0;
  }

  #closeBlock(): void {
    const rows = this.#row;
    this.#row = 0;
    if (rows === 0) return;
    for (let column = 1; column < this.#columns && rows < this.#capacity; column++) {
      this.#open.copyWithin(column * rows, column * this.#capacity, column * this.#capacity + rows);
    }
    const used = this.#open.subarray(0, rows * this.#columns);
    if (this.#heldBytes + used.byteLength <= this.#options.heldBytes) {
      this.#heldBytes += used.byteLength;
      this.#blocks.push({ rows, columns: this.#columns, cells: used.slice() });
    } else {
      this.#blocks.push({ rows, columns: this.#columns, cells: this.#spilledBytes });
      this.#write(used);
    }
  }

  #write(cells: Float64Array): void {
    this.#spill ??= openSync(this.#options.spillPath, 'wx+');
    const bytes = new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength);
    let done = 0;
    while (done < bytes.length) done += writeSync(this.#spill, bytes, done, bytes.length - done, this.#spilledBytes + done);
    this.#spilledBytes += bytes.length;
  }

  #read(position: number, rows: number): Float64Array {
    const values = new Float64Array(rows);
    const bytes = new Uint8Array(values.buffer);
    let done = 0;
    while (done < bytes.length) {
      const read = readSync(this.#spill as number, bytes, done, bytes.length - done, position + done);
      if (read === 0) throw new Error('the file of spilled cells ends before its blocks do');
      done += read;
    }
    return values;
  }
}
