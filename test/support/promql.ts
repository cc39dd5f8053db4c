const STRINGS = /"(?:[^"\\]|\\.)*"/g;
const MATCHERS_AND_RANGES = /\{[^}]*\}|\[[^\]]*\]/g;
const LISTS_OF_LABELS = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const WORDS = /(?<![\w:.$])[a-zA-Z_:][\w:]*(?![\w:])(?!\s*\()/g;
const KEYWORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'group_left', 'group_right', 'inf', 'nan']);

/** Names of the series that a PromQL expression reads, as Prometheus has them: a histogram's with `_bucket`, `_sum` or `_count`. */
export function namesIn(expression: string): ReadonlySet<string> {
  const bare = expression.replaceAll(STRINGS, '').replaceAll(MATCHERS_AND_RANGES, '').replaceAll(LISTS_OF_LABELS, '');
  return new Set([...bare.matchAll(WORDS)].map(([word]) => word).filter((word) => !KEYWORDS.has(word.toLowerCase())));
}
