import { counter, gauge } from './define.ts';

export const CACHE_SERIES = {
  semcache_hits_total: counter(
    'Analyses answered from the result cache: exact for the same request, semantic for one that means the same',
    'type',
  ),
  semcache_misses_total: counter('Analyses looked up in the result cache and not found'),
  semcache_size: gauge('Results in the cache'),
  semcache_fill_ratio: gauge('Results in the cache ÷ the most it holds'),
} as const;
