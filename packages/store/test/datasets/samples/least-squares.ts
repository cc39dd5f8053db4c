/** Ordinary least squares by the normal equations: enough for a dozen well-behaved columns. */
export function leastSquares(columns: readonly ArrayLike<number>[], y: ArrayLike<number>): { beta: number[]; se: number[] } {
  const k = columns.length;
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    let sum = 0;
    for (let i = 0; i < y.length; i++) sum += (a[i] as number) * (b[i] as number);
    return sum;
  };
  const gram = columns.map((a) => columns.map((b) => dot(a, b)));
  const inverse = invert(gram);
  const moments = columns.map((a) => dot(a, y));
  const beta = inverse.map((row) => row.reduce((sum, value, j) => sum + value * (moments[j] as number), 0));
  let rss = 0;
  for (let i = 0; i < y.length; i++) {
    const fitted = columns.reduce((sum, column, j) => sum + (column[i] as number) * (beta[j] as number), 0);
    rss += ((y[i] as number) - fitted) ** 2;
  }
  const sigma2 = rss / (y.length - k);
  return { beta, se: inverse.map((row, j) => Math.sqrt(sigma2 * (row[j] as number))) };
}

function invert(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length;
  const work = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(work[row]![column]!) > Math.abs(work[pivot]![column]!)) pivot = row;
    }
    [work[column], work[pivot]] = [work[pivot]!, work[column]!];
    const scale = work[column]![column]!;
    work[column] = work[column]!.map((value) => value / scale);
    for (let row = 0; row < n; row++) {
      if (row === column) continue;
      const factor = work[row]![column]!;
      work[row] = work[row]!.map((value, j) => value - factor * work[column]![j]!);
    }
  }
  return work.map((row) => row.slice(n));
}
