import pg from 'pg';
import type { StoreLogger } from '../logger.ts';
import { Turnstile } from '../turnstile.ts';
import { type Sql, SqlUnavailable } from './sql.ts';

const CONNECT_TIMEOUT_MS = 2000;
const STATEMENT_TIMEOUT_MS = 30_000;
const MAX_CONNECTIONS = 10;

/** Connects on first use; a database that goes away and comes back is met by fresh connections. */
export function openPostgres(url: string, logger?: StoreLogger): Sql {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // The server ends a statement first where it still can; this ends the wait where nobody answers any more.
    query_timeout: STATEMENT_TIMEOUT_MS + 2000,
    idle_in_transaction_session_timeout: 2 * STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'penstock',
    types: { getTypeParser },
  });
  // Without a listener, an idle connection that the server closes would end the process.
  pool.on('error', (error) => logger?.warn({ err: error }, 'An idle database connection was lost'));

  // Whoever waits for a busy connection waits here: the pool would count that as a database that cannot be reached.
  const turnstile = new Turnstile(MAX_CONNECTIONS);
  const run = async <Row>(on: pg.Pool | pg.PoolClient, text: string, params: readonly unknown[]): Promise<Row[]> => {
    try {
      return (await on.query(text, [...params])).rows as Row[];
    } catch (error) {
      throw translated(error);
    }
  };
  let closing: Promise<void> | undefined;
  return {
    kind: 'postgres',
    query: (text, params = []) => turnstile.run(() => run(pool, text, params)),
    transaction: (work) =>
      turnstile.run(async () => {
        const client = await pool.connect().catch((error: unknown) => {
          throw translated(error);
        });
        let broken: Error | undefined;
        try {
          return await inTransaction((text, params = []) => run(client, text, params), work);
        } catch (error) {
          // A connection whose ROLLBACK may have failed is not given to anybody else.
          broken = error instanceof Error ? error : new Error(String(error));
          throw error;
        } finally {
          client.release(broken);
        }
      }),
    async ping() {
      await run(pool, 'SELECT 1', []);
    },
    close: () => {
      closing ??= turnstile.idle().then(() => pool.end());
      return closing;
    },
  };
}

async function inTransaction<T>(query: Sql['query'], work: (sql: Sql) => Promise<T>): Promise<T> {
  await query('BEGIN');
  const result = await work(transactionSql('postgres', query));
  await query('COMMIT');
  return result;
}

/** What `work` of a transaction is given. */
export function transactionSql(kind: Sql['kind'], query: Sql['query']): Sql {
  const refuse = async (): Promise<never> => {
    throw new Error('not inside a transaction: they do not nest, and the connection is closed by whoever opened it');
  };
  return {
    kind,
    query,
    transaction: refuse,
    ping: async () => void (await query('SELECT 1')),
    close: refuse,
  };
}

const INT8 = 20;

function getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
  return oid === INT8 ? toSafeInteger : pg.types.getTypeParser(oid, format as 'text');
}

function toSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a number exactly`);
  return value;
}

// Class 08: connection exception; 57P01–57P03: the server is stopping, crashed or starting; 53300: no connection left.
const UNAVAILABLE = /^(08\d{3}|57P0[1-3]|53300|ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
const LOST =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error/;

function translated(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code } = error as { code?: unknown };
  const lost = typeof code === 'string' ? UNAVAILABLE.test(code) : LOST.test(error.message);
  return lost ? new SqlUnavailable(`the database cannot be reached: ${error.message || String(code)}`, { cause: error }) : error;
}
