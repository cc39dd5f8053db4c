/** Statements in order; a row once shipped is never changed, only followed by another. */
export const MIGRATIONS: readonly { readonly version: number; readonly statements: readonly string[] }[] = [
  {
    version: 1,
    statements: [
      `CREATE TABLE analyses (
        id text PRIMARY KEY,
        body bytea NOT NULL,
        report text,
        created_at timestamptz NOT NULL DEFAULT now()
      )`,
      `CREATE TABLE analysis_figures (
        analysis_id text NOT NULL REFERENCES analyses (id) ON DELETE CASCADE,
        name text NOT NULL,
        svg text NOT NULL,
        PRIMARY KEY (analysis_id, name)
      )`,
      // details: columns, preview and suggested roles as JSON text, so that their numbers come back bit for bit.
      `CREATE TABLE datasets (
        id text PRIMARY KEY,
        name text NOT NULL,
        row_count bigint NOT NULL,
        column_count integer NOT NULL,
        sha256 text NOT NULL,
        sample boolean NOT NULL,
        file_bytes bigint NOT NULL,
        file_sha256 text NOT NULL,
        details text NOT NULL,
        created_at timestamptz NOT NULL
      )`,
      // The column file in pieces of 1 MiB; only where several engines share the database.
      `CREATE TABLE dataset_chunks (
        dataset_id text NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
        seq integer NOT NULL,
        bytes bytea NOT NULL,
        PRIMARY KEY (dataset_id, seq)
      )`,
    ],
  },
];
