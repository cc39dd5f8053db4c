import type { Sql } from './sql.ts';

/** A finished analysis, as it was first answered. */
export interface StoredAnalysis {
  readonly id: string;
  /** The exact bytes of the reply. */
  readonly body: Buffer;
  readonly createdAt: Date;
}

/** Results of analyses with their figures and report. An id never changes its content. */
export interface AnalysisStore {
  get(id: string): Promise<StoredAnalysis | undefined>;
  /**
   * Durable when it resolves: a process killed right after it still has the result when it comes back.
   * Idempotent: what was stored first under an id stays.
   *
   * @param body the exact bytes of the reply
   * @param figures name → SVG text
   * @param report the self-contained HTML page
   */
  put(id: string, body: Buffer, figures: Readonly<Record<string, string>>, report?: string): Promise<void>;
  /** SVG text, or undefined when analysis or figure does not exist. */
  figure(id: string, name: string): Promise<string | undefined>;
  /** Names in the order of the alphabet; empty when the analysis does not exist. */
  figureNames(id: string): Promise<string[]>;
  report(id: string): Promise<string | undefined>;
}

// One statement, and so one transaction and one round trip.
const PUT = `WITH added AS (
    INSERT INTO analyses (id, body, report) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING RETURNING id
  )
  INSERT INTO analysis_figures (analysis_id, name, svg)
  SELECT added.id, figure.name, figure.svg FROM added, unnest($4::text[], $5::text[]) AS figure (name, svg)`;

/** @param sql opened by `openSql`, which has made the tables */
export function openAnalyses(sql: Sql): AnalysisStore {
  return {
    async get(id) {
      const [row] = await sql.query<{ body: Buffer; created_at: Date }>('SELECT body, created_at FROM analyses WHERE id = $1', [
        id,
      ]);
      return row && { id, body: row.body, createdAt: row.created_at };
    },
    async put(id, body, figures, report) {
      await sql.query(PUT, [id, body, report ?? null, Object.keys(figures), Object.values(figures)]);
    },
    async figure(id, name) {
      const [row] = await sql.query<{ svg: string }>('SELECT svg FROM analysis_figures WHERE analysis_id = $1 AND name = $2', [
        id,
        name,
      ]);
      return row?.svg;
    },
    async figureNames(id) {
      const rows = await sql.query<{ name: string }>('SELECT name FROM analysis_figures WHERE analysis_id = $1', [id]);
      return rows.map(({ name }) => name).sort();
    },
    async report(id) {
      const [row] = await sql.query<{ report: string | null }>('SELECT report FROM analyses WHERE id = $1', [id]);
      return row?.report ?? undefined;
    },
  };
}
