import { counter, gauge } from './define.ts';

export const CACHE_SERIES = {
  semcache_hits_total: counter(
    'Analyses answered from the result cache: exact for the same request, semantic for one that means the same',
    'type',
  ),
  semcache_misses_total: counter('Analyses looked up in the result cache and not found'),
  semcache_size: gauge('Bytes that the result cache holds; of Redis: the whole server'),
  semcache_fill_ratio: gauge('Bytes that the result cache holds ÷ the most it may hold; 0 where it has no bound'),
} as const;
