import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '@penstock/clock';
import { choleskyInverse, choleskySolve } from '../../src/linalg/cholesky.ts';
import { at, column, columnsOf, fromColumns, type Matrix, transpose } from '../../src/linalg/matrix.ts';
import { crossVector, gram, multiply, multiplyVector, quadraticForm } from '../../src/linalg/products.ts';
import { revealRank, triangleOf } from '../../src/linalg/qr.ts';
import { congruence, invertUpper, solveUpper } from '../../src/linalg/triangle.ts';
import { assertClose } from '../support/reference.ts';

const none = () => undefined;

function randomMatrix(rows: number, cols: number, seed = 1): Matrix {
  const random = seededRandom(seed, 'matrix');
  return fromColumns(Array.from({ length: cols }, () => Float64Array.from({ length: rows }, () => random.next() - 0.5)));
}

function assertSame(a: Matrix, b: Matrix, tolerance = 1e-10): void {
  assert.deepEqual([a.rows, a.cols], [b.rows, b.cols]);
  a.data.forEach((value, i) => {
    assert.ok(Math.abs(value - b.data[i]!) <= tolerance, `entry ${i}: ${value} instead of ${b.data[i]}`);
  });
}

describe('products', () => {
  test('the Gram matrix is the transpose times the matrix, for every remainder of four columns', () => {
    for (const cols of [1, 2, 3, 4, 5, 6, 7, 9]) {
      const x = randomMatrix(23, cols);
      assertSame(gram(x), multiply(transpose(x), x));
    }
  });

  test('weights multiply rows', () => {
    const x = randomMatrix(17, 3);
    const w = Float64Array.from({ length: 17 }, (_, i) => i % 4);
    const weighted = fromColumns(columnsOf(x).map((values) => values.map((value, i) => value * w[i]!)));
    assertSame(gram(x, w), multiply(transpose(x), weighted));
    const y = column(randomMatrix(17, 1, 2), 0);
    const expected = multiplyVector(transpose(weighted), y);
    assertClose([...crossVector(x, y, w)], [...expected], "X'Wy", 1e-12);
  });

  test('a product of unfitting shapes is refused with both shapes', () => {
    assert.throws(() => multiply(randomMatrix(2, 3), randomMatrix(2, 3)), /2×3 by 2×3/);
  });
});

describe('Cholesky', () => {
  test('the inverse times the matrix is the identity, and solving agrees with it', () => {
    const a = gram(randomMatrix(40, 6));
    const product = multiply(choleskyInverse(a), a);
    for (let i = 0; i < 6; i++) for (let j = 0; j < 6; j++) assert.ok(Math.abs(at(product, i, j) - (i === j ? 1 : 0)) < 1e-12);
    const b = Float64Array.of(1, 2, 3, 4, 5, 6);
    assertClose([...multiplyVector(a, choleskySolve(a, b))], [...b], 'A x', 1e-11);
  });

  test('a singular matrix is refused', () => {
    const x = randomMatrix(10, 2);
    const twins = fromColumns([column(x, 0), column(x, 0)]);
    assert.throws(() => choleskyInverse(gram(twins)), /not positive definite/);
  });
});

describe('QR', () => {
  test("R'R is the Gram matrix, whether the rows fit in one block or in many", () => {
    for (const [rows, cols] of [
      [7, 3],
      [600, 5],
      [1300, 9],
    ] as const) {
      const x = randomMatrix(rows, cols);
      const r = triangleOf(columnsOf(x), undefined, none);
      assertSame(gram(r), gram(x), 1e-9);
    }
  });

  test('a block with fewer rows than columns leaves R finite, however small the noise that is left of it', () => {
    // 64 rows a block: from the 65th on, the reflections of the first block meet zero rows of R and rounding noise.
    const x = randomMatrix(1000, 300);
    for (const size of [1, 1e-70, 1e-80, 1e-90, 1e-100]) {
      const columns = columnsOf(x).map((values) => values.map((value) => value * size));
      const rightSide = column(randomMatrix(1000, 1, 2), 0).map((value) => value * size * 1e-20);
      const r = triangleOf([...columns, rightSide], undefined, none);
      assert.ok(r.data.every(Number.isFinite), `columns of size ${size}`);
      const rescaled = columnsOf(r).map((values) => values.map((value) => value / size));
      assertSame(gram(fromColumns(rescaled.slice(0, 300).map((values) => values.slice(0, 300)))), gram(x), 1e-9);
    }
  });

  test('a column whose square is denormal where R has a zero row is left alone', () => {
    const rows = [0, 1, 2, 3];
    const tiny = Float64Array.from(rows, (i) => (i + 1) * 1e-160);
    const r = triangleOf([tiny, Float64Array.from(rows, (i) => 1 + i)], undefined, none);
    assert.ok(r.data.every(Number.isFinite));
    assert.ok(Math.abs(Math.abs(at(r, 1, 1)) - Math.sqrt(30)) < 1e-12);
  });

  test('the rank counts independent columns and sends the later twin to the end', () => {
    const x = randomMatrix(50, 3);
    const twin = column(x, 0).map((value, i) => 2 * value - 3 * column(x, 1)[i]!);
    const columns = [column(x, 0), column(x, 1), twin, column(x, 2)];
    const { rank, order } = revealRank(triangleOf(columns, undefined, none), 4, 1e-9, none);
    assert.equal(rank, 3);
    assert.deepEqual(order, [0, 1, 3, 2]);
  });

  test('rank does not depend on the scale of a column', () => {
    const x = randomMatrix(50, 3);
    const columns = [column(x, 0).map((v) => v * 1e12), column(x, 1).map((v) => v * 1e-12), column(x, 2)];
    assert.equal(revealRank(triangleOf(columns, undefined, none), 3, 1e-9, none).rank, 3);
  });

  test('a checkpoint that throws stops the factorisation', () => {
    const stop = () => {
      throw new Error('stopped');
    };
    assert.throws(() => triangleOf(columnsOf(randomMatrix(20, 2)), undefined, stop), /stopped/);
  });
});

describe('triangular systems', () => {
  const r = triangleOf(columnsOf(randomMatrix(60, 7)), undefined, none);

  test('solving and inverting agree with multiplying', () => {
    const b = Float64Array.from({ length: 7 }, (_, i) => i - 3.5);
    assertClose([...multiplyVector(r, solveUpper(r, b))], [...b], 'R x', 1e-12);
    assertClose([...multiplyVector(r, multiplyVector(invertUpper(r, none), b))], [...b], 'R R^-1 b', 1e-11);
  });

  test("U M U' is computed as written", () => {
    const m = gram(randomMatrix(20, 7, 3));
    assertSame(congruence(r, m, none), multiply(multiply(r, m), transpose(r)), 1e-9);
  });

  test('a quadratic form is a number', () => {
    assert.equal(quadraticForm(fromColumns([Float64Array.of(2, 1), Float64Array.of(1, 3)]), Float64Array.of(1, 2)), 18);
  });
});
