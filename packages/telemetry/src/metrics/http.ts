import { counter, gauge, HTTP_SECONDS, histogram } from './define.ts';

/** What every service counts about the requests it receives. */
export const HTTP_SERVER_SERIES = {
  http_server_request_duration_seconds: histogram(
    HTTP_SECONDS,
    'Time from the request to the end of its reply; route is unmatched without a route, status 499 where the client had left',
    'method',
    'route',
    'status',
  ),
  inflight_requests: gauge('Requests received and not yet answered'),
  error_reasons_total: counter(
    'Error replies by row of the error table, those of an engine that the gateway passes on included',
    'code',
  ),
  reject_total: counter('Requests refused by validation, before any work was done', 'reason'),
  deadline_exceeded_total: counter('Requests whose total deadline passed before they were answered'),
} as const;

export const HTTP_CLIENT_SERIES = {
  http_client_request_duration_seconds: histogram(
    HTTP_SECONDS,
    "Time of one attempt at the engine until its reply is complete; status is the error's code where there was no reply",
    'method',
    'route',
    'status',
  ),
} as const;
