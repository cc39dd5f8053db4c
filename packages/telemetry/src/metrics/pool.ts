import { counter, gauge } from './define.ts';

export const POOL_SERIES = {
  connection_pool_requests_total: counter(
    'Requests handed to the connection pool, one for each attempt',
    'client_name',
    'pool_type',
  ),
  connection_pool_unsent_total: counter(
    'Requests of them that ended before a connection carried them: none came about, or nobody waited any more',
    'client_name',
    'pool_type',
  ),
  connection_pool_size: gauge('Connections the pool may hold at most', 'client_name', 'pool_type'),
  connection_pool_active: gauge('Requests on a connection now', 'client_name', 'pool_type'),
  connection_pool_pending: gauge('Requests waiting for a connection now', 'client_name', 'pool_type'),
  connection_pool_utilization_ratio: gauge('Active requests ÷ size of the pool', 'client_name', 'pool_type'),
} as const;
