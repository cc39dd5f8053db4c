/** What every reply begins with, up to the id of its data set: see `buildReply`. */
const HEAD = /^\{"analysis_id":"[0-9a-f]{64}","dataset":\{"id":("(?:[^"\\]|\\.)*")/;
/** Ids have at most 128 characters, each at most 6 bytes long when escaped. */
const LONGEST_HEAD = 1024;

/**
 * The reply of the same analysis for a data set with the same content under another id.
 * @throws Error when the bytes are not a reply
 */
export function withDatasetId(body: Buffer, id: string): Buffer {
  const [head, token] = HEAD.exec(body.toString('latin1', 0, LONGEST_HEAD)) ?? [];
  if (head === undefined || token === undefined) throw new Error('a stored reply does not begin with its data set');
  const wanted = Buffer.from(JSON.stringify(id));
  const start = head.length - token.length;
  if (body.subarray(start, head.length).equals(wanted)) return body;
  return Buffer.concat([body.subarray(0, start), wanted, body.subarray(head.length)]);
}
