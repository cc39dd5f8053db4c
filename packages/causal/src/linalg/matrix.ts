/** A dense matrix, column-major: element (i, j) is `data[i + j * rows]`. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;
}

export function zeros(rows: number, cols: number): Matrix {
  return { rows, cols, data: new Float64Array(rows * cols) };
}

/** @throws RangeError when the columns differ in length */
export function fromColumns(columns: readonly Float64Array[]): Matrix {
  const rows = columns[0]?.length ?? 0;
  const result = zeros(rows, columns.length);
  columns.forEach((column, j) => {
    if (column.length !== rows) throw new RangeError(`column ${j} has ${column.length} rows instead of ${rows}`);
    result.data.set(column, j * rows);
  });
  return result;
}

/** Column j, as a view: writing to it writes to the matrix. */
export function column(matrix: Matrix, j: number): Float64Array {
  return matrix.data.subarray(j * matrix.rows, (j + 1) * matrix.rows);
}

/** All columns, as views. */
export function columnsOf(matrix: Matrix): Float64Array[] {
  return Array.from({ length: matrix.cols }, (_, j) => column(matrix, j));
}

export function at(matrix: Matrix, i: number, j: number): number {
  return matrix.data[i + j * matrix.rows]!;
}

export function ones(n: number): Float64Array {
  return new Float64Array(n).fill(1);
}

export function transpose(a: Matrix): Matrix {
  const result = zeros(a.cols, a.rows);
  for (let j = 0; j < a.cols; j++) {
    for (let i = 0; i < a.rows; i++) result.data[j + i * a.cols] = at(a, i, j);
  }
  return result;
}
