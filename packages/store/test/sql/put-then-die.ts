// Forked by durability.test.ts: stores an analysis and a data set, then dies as by a power switch on the process.
import { Readable } from 'node:stream';
import { openAnalyses, openDatasets, openSql } from '../../src/index.ts';

const dataDir = process.argv[2]!;
const sql = await openSql({ dataDir });
const datasets = await openDatasets({ sql, dataDir, samples: false });
const created = await datasets.create(Readable.from([Buffer.from('y,w\n1,0\n2,1\n')]), { name: 'kept', maxBytes: 1000 });
await openAnalyses(sql).put('kept', Buffer.alloc(300_000, 7), { f: '<svg/>' }, '<html>');
process.stdout.write(created.id, () => process.kill(process.pid, 'SIGKILL'));
