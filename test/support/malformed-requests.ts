import { gzipSync } from 'node:zlib';

/** A request that must be refused: sent to the engine by injection, and through the gateway over a socket. */
export interface MalformedRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly payload?: string | Buffer;
}

/** What is sent, the status it must be answered with, and what the reply must say. */
export type MalformedRow = readonly [what: string, send: MalformedRequest, status: number, says: RegExp];

const ANALYZE = '/api/analyze/comprehensive';
const post = (payload: string | Buffer, headers: Record<string, string> = {}): MalformedRequest => ({
  method: 'POST',
  url: ANALYZE,
  headers: { 'content-type': 'application/json', ...headers },
  payload,
});
export const analyzing = (body: unknown, headers?: Record<string, string>) => post(JSON.stringify(body), headers);
const on = (mapping: unknown, options?: unknown, dataset_id: unknown = 'test') => analyzing({ dataset_id, mapping, options });
const good = { y: 'y', treatment: 'w' };
const opt = (options: unknown) => on(good, options);
const upload = (payload: string | Buffer, type = 'text/csv', query = ''): MalformedRequest => ({
  method: 'POST',
  url: `/api/datasets${query}`,
  headers: { 'content-type': type },
  payload,
});
const form = (payload: string, boundary = 'boundary=b'): MalformedRequest => upload(payload, `multipart/form-data; ${boundary}`);

const SYNTAX: readonly MalformedRow[] = [
  ['nothing', post(''), 400, /empty/],
  ['blanks', post('  \n '), 400, /expected a value/],
  ['a lone brace', post('{'), 400, /position 1/],
  ['a bare word', post('hello'), 400, /found 'h'/],
  ['single quotes', post("{'dataset_id':'test'}"), 400, /double quotes/],
  ['a trailing comma', post('{"dataset_id":"test",}'), 400, /expected a key/],
  ['a missing comma', post('{"a":1 "b":2}'), 400, /expected ',' or '}'/],
  ['a missing colon', post('{"a" 1}'), 400, /expected ':'/],
  ['a comment', post('{/* hi */}'), 400, /expected a key/],
  ['NaN', post('{"a":NaN}'), 400, /found 'N'/],
  ['Infinity', post('{"a":-Infinity}'), 400, /expected a value/],
  ['hexadecimal', post('{"a":0x10}'), 400, /found 'x'/],
  ['a leading plus', post('{"a":+1}'), 400, /found '\+'/],
  ['a leading zero', post('{"a":012}'), 400, /found '1'/],
  ['an invalid escape', post('{"a":"\\q"}'), 400, /invalid escape/],
  ['a raw tab in a string', post('{"a":"\t"}'), 400, /control character/],
  ['an open string', post('{"a":"b'), 400, /not closed/],
  ['two documents', post('{}{}'), 400, /expected the end/],
  ['a key given twice', post('{"dataset_id":"test","dataset_id":"trial"}'), 400, /"dataset_id" is given twice/],
  ['a nested key given twice', post('{"mapping":{"y":"y","y":"w"}}'), 400, /"y" is given twice/],
  ['deep lists', post(`${'['.repeat(5000)}${']'.repeat(5000)}`), 400, /levels of nesting/],
  ['deep objects', post(`${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`), 400, /levels of nesting/],
  ['unclosed depth', post('['.repeat(900_000)), 400, /levels of nesting/],
  ['bytes that are no UTF-8', post(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), 400, /not UTF-8: invalid sequence at byte 1/],
  ['a cut character', post(Buffer.from([0x22, 0xe3, 0x81])), 400, /not UTF-8/],
  ['UTF-16', post(Buffer.from('{"a":1}', 'utf16le')), 400, /U\+0000/],
  ['Latin-1', post(Buffer.from('{"a":"é"}', 'latin1')), 400, /not UTF-8/],
  ['binary', post(Buffer.from(Array.from({ length: 256 }, (_, i) => i))), 400, /not UTF-8|expected/],
  ['gzip', post(gzipSync('{}')), 400, /not UTF-8|expected/],
  ['a megabyte and more', post(`"${'a'.repeat(1024 * 1024)}"`), 413, /larger than the 1048576 bytes/],
  ['text', post('{}', { 'content-type': 'text/plain' }), 415, /text\/plain.*application\/json/],
  ['a form', post('a=1', { 'content-type': 'application/x-www-form-urlencoded' }), 415, /takes application\/json/],
  ['a media type that is none', post('{}', { 'content-type': 'json' }), 415, /takes application\/json/],
];

const SHAPE: readonly MalformedRow[] = [
  ['null', analyzing(null), 400, /must be an object/],
  ['a list', analyzing([]), 400, /must be an object/],
  ['a text', analyzing('test'), 400, /must be an object/],
  ['a number', analyzing(5), 400, /must be an object/],
  ['an empty object', analyzing({}), 400, /\/dataset_id is required; \/mapping is required/],
  ['a number as data set', on(good, undefined, 5), 400, /\/dataset_id must be a text/],
  ['an empty data set id', on(good, undefined, ''), 400, /\/dataset_id must not be empty/],
  ['a long data set id', on(good, undefined, 'x'.repeat(200)), 400, /at most 128 characters/],
  ['null as data set', on(good, undefined, null), 400, /\/dataset_id must be a text/],
  [
    'an unknown field',
    analyzing({ dataset_id: 'test', maping: good, mapping: good }),
    400,
    /\/maping is not a field here; nearest: 'mapping'/,
  ],
  [
    '__proto__',
    post('{"dataset_id":"test","mapping":{"y":"y","treatment":"w"},"__proto__":{"a":1}}'),
    400,
    /__proto__ is not a field/,
  ],
  [
    'a constructor in the mapping',
    post('{"dataset_id":"test","mapping":{"constructor":"y"}}'),
    400,
    /constructor is not a field/,
  ],
  ['a text as mapping', on('y ~ w'), 400, /\/mapping must be an object or a list/],
  ['null as mapping', on(null), 400, /\/mapping must be/],
  ['an empty mapping', on({}), 400, /\/mapping\/y is required; \/mapping\/treatment is required/],
  ['an empty list as mapping', on([]), 400, /\/mapping\/y is required/],
  ['an unknown role', on({ ...good, outcome: 'y' }), 400, /\/mapping\/outcome is not a field here/],
  ['an unknown role in a list', on([{ role: 'treatmnt', column: 'w' }]), 400, /nearest: 'treatment'/],
  ['a list entry without a column', on([{ role: 'y' }]), 400, /\/mapping\/0\/column is required/],
  ['a list entry that is a text', on(['y']), 400, /\/mapping\/0 must be an object/],
  ['a list entry with more', on([{ role: 'y', column: 'y', type: 1 }]), 400, /\/mapping\/0\/type is not a field/],
  [
    'a role given twice',
    on([
      { role: 'y', column: 'y' },
      { role: 'y', column: 'age' },
      { role: 'treatment', column: 'w' },
    ]),
    400,
    /takes one column/,
  ],
  ['two outcomes', on({ y: ['y', 'age'], treatment: 'w' }), 400, /\/mapping\/y takes one column/],
  ['no outcome', on({ y: [], treatment: 'w' }), 400, /\/mapping\/y is required/],
  ['a number as column', on({ y: 1, treatment: 'w' }), 400, /\/mapping\/y must be/],
  ['an object as column', on({ y: { name: 'y' }, treatment: 'w' }), 400, /\/mapping\/y must be/],
  ['an empty column name', on({ y: '', treatment: 'w' }), 400, /\/mapping\/y must not be empty/],
  ['a huge column name', on({ y: 'y'.repeat(10_000), treatment: 'w' }), 400, /at most 512 characters/],
  ['numbers as covariates', on({ ...good, covariates: [1, 2] }), 400, /\/mapping\/covariates\/0 must be a text/],
  ['too many covariates', on({ ...good, covariates: Array(5001).fill('x') }), 400, /at most 5000 entries/],
  ['a text as cutoff', on({ ...good, cutoff: '50' }), 400, /\/mapping\/cutoff must be a number/],
  [
    'a huge cutoff',
    post('{"dataset_id":"test","mapping":{"y":"y","treatment":"w","cutoff":1e999}}'),
    400,
    /beyond the range of a double/,
  ],
  ['a text as options', opt('fast'), 400, /\/options must be an object/],
  ['a list as options', opt([]), 400, /\/options must be an object/],
  ['a misspelt option', opt({ bootstap: 5 }), 400, /nearest: 'bootstrap'/],
  ['alpha of zero', opt({ alpha: 0 }), 400, /\/options\/alpha must be a number from/],
  ['alpha of one', opt({ alpha: 1 }), 400, /to 0.5/],
  ['alpha as text', opt({ alpha: '0.05' }), 400, /\/options\/alpha must be a number/],
  [
    'a huge alpha',
    post('{"dataset_id":"test","mapping":{"y":"y","treatment":"w"},"options":{"alpha":1e400}}'),
    400,
    /beyond the range/,
  ],
  ['a negative seed', opt({ seed: -1 }), 400, /\/options\/seed must be an integer from 0/],
  ['a broken seed', opt({ seed: 1.5 }), 400, /\/options\/seed must be an integer/],
  ['a huge seed', opt({ seed: 2 ** 40 }), 400, /4294967295/],
  ['an unknown covariance', opt({ covariance: 'hc1' }), 400, /nearest: 'HC1'/],
  ['a number as covariance', opt({ covariance: 3 }), 400, /must be one of classical/],
  ['an unknown correction', opt({ small_sample: 'ful' }), 400, /nearest: 'full'/],
  ['one stratum', opt({ propensity_strata: 1 }), 400, /from 2 to 100/],
  ['too many draws', opt({ bootstrap: 1e6 }), 400, /to 100000/],
  ['a text as estimators', opt({ estimators: 'ols' }), 400, /\/options\/estimators must be a list/],
  ['numbers as estimators', opt({ estimators: [1] }), 400, /\/options\/estimators\/0 must be a text/],
  ['too many estimators', opt({ estimators: Array(201).fill('ols') }), 400, /at most 200 entries/],
  ['a text as figures', opt({ figures: 'yes' }), 400, /\/options\/figures must be true or false or a list/],
  ['an unknown word for interactions', opt({ outcome_interactions: 'some' }), 400, /must be one of all, none/],
];

const HEADERS: readonly MalformedRow[] = [
  ['an expired deadline', analyzing({}, { 'penstock-deadline-ms': '-3' }), 504, /deadline had passed/],
  ['a deadline in words', analyzing({}, { 'penstock-deadline-ms': 'soon' }), 400, /not a number of milliseconds/],
  ['an infinite deadline', analyzing({}, { 'penstock-deadline-ms': 'Infinity' }), 400, /not a number/],
  ['an empty deadline', analyzing({}, { 'penstock-deadline-ms': '' }), 400, /not a number/],
  ['a background job', analyzing({}, { prefer: 'respond-async' }), 501, /respond-async/],
  ['folds', opt({ folds: 5 }), 501, /options\.folds/],
  ['learners and a bandwidth', opt({ learners: 'x', bandwidth: 1 }), 501, /options\.learners, options\.bandwidth/],
];

const FIT: readonly MalformedRow[] = [
  ['an unknown data set', on(good, undefined, 'tests'), 404, /no data set 'tests'; nearest: 'test'/],
  ['a path as data set', on(good, undefined, '../../etc/passwd'), 404, /no data set/],
  ['NUL in a data set id', on(good, undefined, 'te\u0000st'), 404, /no data set/],
  ['a lone surrogate as data set', post('{"dataset_id":"\\ud800","mapping":{"y":"y","treatment":"w"}}'), 404, /no data set/],
  ['an unknown outcome', on({ y: 'Y', treatment: 'w' }), 422, /no column 'Y'; nearest: 'y'/],
  ['an unknown treatment', on({ y: 'y', treatment: 'treated' }), 422, /no column 'treated'/],
  [
    'unknown covariates',
    on({ ...good, covariates: Array.from({ length: 5000 }, (_, i) => `nope${i}`) }),
    422,
    /no column 'nope0'/,
  ],
  ['a column named __proto__', on({ y: '__proto__', treatment: 'w' }), 422, /no column '__proto__'/],
  ['SQL as column', on({ y: 'y"; DROP TABLE analyses; --', treatment: 'w' }), 422, /no column/],
  ['a text outcome', on({ y: 'region', treatment: 'w' }), 422, /'region' is text/],
  ['a treatment with four texts', on({ y: 'y', treatment: 'region' }), 422, /text with 4 levels/],
  ['outcome and treatment alike', on({ y: 'y', treatment: 'y' }), 422, /already has the role 'y'/],
  ['a covariate that is the outcome', on({ ...good, covariates: ['y'] }), 422, /already has the role 'y'/],
  ['an instrument that is a covariate', on({ ...good, covariates: ['age'], instruments: ['age'] }), 422, /already has the role/],
  ['the treatment as cluster of itself and weight', on({ ...good, weight: 'w' }), 422, /already has the role 'treatment'/],
  ['a text weight', on({ ...good, weight: 'region' }), 422, /the role 'weight' needs numbers/],
  ['negative weights', on({ ...good, weight: 'score' }), 422, /negative value/],
  ['an unknown estimator', opt({ estimators: ['aipww'] }), 422, /nearest: 'aipw'/],
  ['an unknown figure', opt({ figures: ['lovely_plot'] }), 422, /nearest: 'love_plot'/],
  ['an interaction that is no covariate', opt({ outcome_interactions: ['id'] }), 422, /'id' is not a covariate/],
  ['clustering without clusters', opt({ covariance: 'cluster' }), 422, /needs a column with the role 'cluster'/],
];

const UPLOADS: readonly MalformedRow[] = [
  ['an empty CSV', upload(''), 422, /empty/],
  ['a header alone', upload('a,b\n'), 422, /./],
  ['ragged rows', upload('a,b\n1,2\n3\n'), 422, /Line 3/],
  ['a row too long', upload('a,b\n1,2,3\n'), 422, /Line 2/],
  ['an open quote', upload('a,b\n"1,2\n3,4\n'), 422, /./],
  ['binary as CSV', upload(Buffer.from(Array.from({ length: 512 }, (_, i) => i % 256))), 422, /./],
  ['UTF-16 CSV', upload(Buffer.from('a,b\n1,2\n', 'utf16le')), 422, /./],
  ['Latin-1 CSV', upload(Buffer.from('stra\u00dfe,b\n1,2\n', 'latin1')), 422, /./],
  ['cut gzip', upload(gzipSync('a,b\n1,2\n'.repeat(100)).subarray(0, 20), 'application/gzip'), 422, /./],
  ['a gzip that is none', upload('hello', 'application/gzip'), 422, /./],
  ['broken JSON', upload('[{"a":1},', 'application/json'), 422, /./],
  ['JSON that is no table', upload('{"a":1', 'application/json'), 422, /./],
  ['a JSON list of numbers', upload('[1,2,3]', 'application/json'), 422, /./],
  ['broken NDJSON', upload('{"a":1}\n{"a":\n', 'application/x-ndjson'), 422, /./],
  ['a Parquet that is none', upload('PAR1 not really PAR1', 'application/vnd.apache.parquet'), 422, /./],
  [
    'too many columns',
    upload(`${Array.from({ length: 5001 }, (_, i) => `c${i}`).join(',')}\n${Array(5001).fill(1).join(',')}\n`),
    422,
    /5000|5001/,
  ],
  [
    'a length beyond the limit',
    { ...upload('a,b\n1,2\n'), headers: { 'content-type': 'text/csv', 'content-length': '2000000000' } },
    413,
    /at most/,
  ],
  ['an unknown query', upload('a\n1\n', 'text/csv', '?nmae=x'), 400, /nmae/],
  ['an empty name', upload('a\n1\n', 'text/csv', '?name='), 400, /name/],
  ['a long name', upload('a\n1\n', 'text/csv', `?name=${'x'.repeat(500)}`), 400, /200/],
  ['a form without a boundary', form('x', 'charset=utf-8'), 400, /./],
  ['a form without parts', form('--b--\r\n'), 400, /no file|cannot be read/],
  [
    'a form that is cut',
    form('--b\r\ncontent-disposition: form-data; name="f"; filename="a.csv"\r\n\r\na,b\n1,2'),
    400,
    /cut|ended|cannot be read|Part/i,
  ],
  ['a form with a field only', form('--b\r\ncontent-disposition: form-data; name="f"\r\n\r\nx\r\n--b--\r\n'), 400, /no file/],
];

const ROUTES: readonly MalformedRow[] = [
  ['an unknown path', { url: '/api/nope' }, 404, /No route GET \/api\/nope/],
  ['GET on the analysis', { url: ANALYZE }, 405, /takes POST/],
  ['PUT on data sets', { method: 'PUT', url: '/api/datasets' }, 405, /takes GET, HEAD, POST/],
  ['a broken escape', { url: '/api/datasets/%zz' }, 400, /./],
  ['a huge id', { url: `/api/datasets/${'x'.repeat(500)}` }, 414, /./],
  ['an unknown analysis', { url: '/api/analyses/123' }, 404, /no analysis '123'/],
  ['an analysis with a path', { url: '/api/analyses/..%2f..%2fetc' }, 404, /no analysis/],
  ['a data set of NUL', { url: '/api/datasets/%00' }, 404, /no data set/],
  ['deleting a data set of NUL', { method: 'DELETE', url: '/api/datasets/a%00' }, 404, /no data set/],
  ['a figure of NUL', { url: `/api/analyses/${'0'.repeat(64)}/figures/%00.svg` }, 404, /no analysis/],
  ['an unknown data set', { url: '/api/datasets/nope' }, 404, /no data set 'nope'/],
  ['deleting a sample', { method: 'DELETE', url: '/api/datasets/test' }, 409, /./],
  [
    'roles without a data set',
    { method: 'POST', url: '/api/roles/infer', payload: '{}', headers: { 'content-type': 'application/json' } },
    400,
    /dataset_id is required/,
  ],
  [
    'roles of an unknown data set',
    {
      method: 'POST',
      url: '/api/roles/infer',
      payload: JSON.stringify({ dataset_id: 'trail' }),
      headers: { 'content-type': 'application/json' },
    },
    404,
    /nearest: 'trial'/,
  ],
  [
    'roles from broken JSON',
    { method: 'POST', url: '/api/roles/infer', headers: { 'content-type': 'application/json' }, payload: '{"a":1,"a":2}' },
    400,
    /twice/,
  ],
  ['metrics in a format that is none', { url: '/api/metrics?format=xml' }, 400, /text, json/],
];

/** Data sets on which nothing can be estimated. */
const UNUSABLE: readonly (readonly [what: string, csv: string, mapping: object, says: RegExp])[] = [
  ['one level of treatment', 'y,w\n1,1\n2,1\n3,1\n', good, /one level, '1'/],
  ['a treatment of three texts', 'y,w\n1,a\n2,b\n3,c\n', good, /text with 3 levels/],
  ['a constant outcome', 'y,w\n2,1\n2,0\n2,1\n', good, /'y' has one value, 2/],
  ['no complete row', 'y,w\n1,\n,0\n2,\n,1\n', good, /no row has a value in all the columns/],
  ['one level left after missing rows', 'y,w\n1,1\n,0\n3,1\n,0\n', good, /one level/],
  ['more covariates than rows', 'y,w,a,b,c\n1,0,1,5,3\n2,1,4,1,2\n3,0,2,2,9\n', good, /too many for 3 rows/],
  ['numbers near the end of the range', 'y,w\n1e200,1\n2,0\n3,1\n4,0\n', good, /square cannot be represented/],
  [
    'a timestamp as covariate',
    'y,w,d\n1,1,2026-01-01\n2,0,2026-01-02\n3,1,2026-01-03\n',
    { ...good, covariates: 'd' },
    /timestamps/,
  ],
  ['a constant covariate', 'y,w,x\n1,1,5\n2,0,5\n3,1,5\n', { ...good, covariates: 'x' }, /'x' has one value/],
  ['a constant instrument', 'y,w,z\n1,1,5\n2,0,5\n3,1,5\n', { ...good, instruments: 'z' }, /'z' has one value/],
  ['weights of zero', 'y,w,s\n1,1,0\n2,0,0\n3,1,0\n', { ...good, weight: 's', covariates: [] }, /every weight in 's' is zero/],
];

/** Every option with values of wrong types and sizes. */
const WRONG_VALUES: readonly (readonly [option: string, ...values: unknown[]])[] = [
  ['alpha', null, '0.05', 0, 1, -0.1, [0.05]],
  ['seed', null, '1', -1, 1.5, 2 ** 40, {}],
  ['covariance', null, 'HC9', 'hc1', 3, ['HC1']],
  ['small_sample', null, 'CR1', true],
  ['difference_in_means_variance', null, 'student', 1],
  ['ipw_normalization', null, 'Hajek', {}],
  ['propensity_strata', null, 1, 101, 2.5, '5'],
  ['outcome_interactions', null, 'some', 5, { a: 1 }],
  ['bootstrap', null, -1, 100_001, 0.5, true],
  ['estimators', null, 'aipw', {}, [1], [null]],
  ['figures', null, 'love_plot', 1, [2]],
];
const OPTIONS: readonly MalformedRow[] = WRONG_VALUES.flatMap(([option, ...values]) =>
  values.map(
    (value): MalformedRow => [`${option} = ${JSON.stringify(value)}`, opt({ [option]: value }), 400, new RegExp(option)],
  ),
);

/** Every table by its name. */
export const MALFORMED = { SYNTAX, SHAPE, HEADERS, FIT, UPLOADS, ROUTES, OPTIONS } as const;
export { UNUSABLE };
