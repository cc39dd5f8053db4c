/** The whole trace of each case, as `treeOf` draws it. */

/** What the engine does inside its server span before an analysis that nobody has asked for goes to a thread. */
const LOOKED_UP = `
      engine client CACHE GET · result=miss
      engine client CACHE GET · result=miss
      engine client SELECT · table=analyses
      engine client load columns`;

/** The same, and what follows where it is computed. */
export const COMPUTED = `${LOOKED_UP}
      engine internal queue wait
      engine internal estimator ols · result=ok
      engine internal figures · figures=0
      engine client INSERT · table=analyses`;

export const EXPECTED_TREES = {
  success: `
gateway server POST /api/analyze/comprehensive · status=200 attempts=1 outcome=success
  ! breaker.outcome · outcome=success failures=0 probe=false
  gateway client POST /api/analyze/comprehensive · status=200 attempt=1
    engine server POST /api/analyze/comprehensive · status=200 attempt=1
      engine client CACHE GET · result=miss
      engine client CACHE GET · result=miss
      engine client SELECT · table=analyses
      engine client load columns
      engine internal queue wait
      engine internal estimator aipw · result=ok
      engine internal estimator ols · result=ok
      engine internal figures · figures=4
      engine client INSERT · table=analyses`,

  'cache hit': `
gateway server POST /api/analyze/comprehensive · status=200 attempts=1 outcome=success
  ! breaker.outcome · outcome=success failures=0 probe=false
  gateway client POST /api/analyze/comprehensive · status=200 attempt=1
    engine server POST /api/analyze/comprehensive · status=200 attempt=1
      engine client CACHE GET · result=hit`,

  retried: `
gateway server POST /api/analyze/comprehensive · status=200 attempts=3 outcome=success
  ! retry.scheduled · attempt=1 attempts=3 reason=503
  ! retry.scheduled · attempt=2 attempts=3 reason=503
  ! breaker.outcome · outcome=success failures=0 probe=false
  gateway client POST /api/analyze/comprehensive · status=503 error=503 attempt=1 FAILED
    engine server POST /api/analyze/comprehensive · status=503 error=503 attempt=1 FAILED
      ! fault.injected · status=503 fault=down
  gateway client POST /api/analyze/comprehensive · status=503 error=503 resend=1 attempt=2 FAILED
    engine server POST /api/analyze/comprehensive · status=503 error=503 attempt=2 FAILED
      ! fault.injected · status=503 fault=down
  gateway client POST /api/analyze/comprehensive · status=200 resend=2 attempt=3
    engine server POST /api/analyze/comprehensive · status=200 attempt=3${COMPUTED}`,

  hedged: `
gateway server GET /api/datasets · status=200 attempts=1 outcome=success
  ! hedge.started
  ! breaker.outcome · outcome=success failures=0 probe=false
  ! hedge.finished · won=second
  ! breaker.outcome · outcome=neutral failures=0 probe=false
  gateway client GET /api/datasets · error=HedgeLostError attempt=1 FAILED
    engine server GET /api/datasets · status=499 error=client_aborted attempt=1 FAILED
      ! fault.injected · fault=late
  gateway client GET /api/datasets · status=200 attempt=1 hedge=true
    engine server GET /api/datasets · status=200 attempt=1`,

  shared: `
gateway server POST /api/analyze/comprehensive · status=200 attempts=1 outcome=success
  ! breaker.outcome · outcome=success failures=0 probe=false
  gateway client POST /api/analyze/comprehensive · status=200 attempt=1
    engine server POST /api/analyze/comprehensive · status=200 attempt=1
      ! fault.injected · fault=held${COMPUTED}`,

  coalesced: `
gateway server POST /api/analyze/comprehensive · status=200
  → shared
  ! coalesce.joined · sharing=2`,

  timeout: `
gateway server POST /api/analyze/comprehensive · status=200 attempts=2 outcome=success
  ! retry.scheduled · attempt=1 attempts=3 reason=timeout
  ! breaker.outcome · outcome=success failures=0 probe=false
  gateway client POST /api/analyze/comprehensive · error=AttemptTimeoutError attempt=1 FAILED
    engine server POST /api/analyze/comprehensive · status=499 error=client_aborted attempt=1 FAILED
      ! fault.injected · fault=hung
  gateway client POST /api/analyze/comprehensive · status=200 resend=1 attempt=2
    engine server POST /api/analyze/comprehensive · status=200 attempt=2${COMPUTED}`,

  deadline: `
gateway server POST /api/analyze/comprehensive · status=504 error=504 attempts=1 outcome=neutral FAILED
  ! deadline.exceeded · attempts=1 whose=client
  ! breaker.outcome · outcome=neutral failures=0 probe=false
  ! request.refused · error=deadline_exceeded layer=deadline
  gateway client POST /api/analyze/comprehensive · error=DeadlineExceededError attempt=1 FAILED
    engine server POST /api/analyze/comprehensive · status=499 error=client_aborted attempt=1 FAILED
      ! fault.injected · fault=held`,

  'client abort': `
gateway server POST /api/analyze/comprehensive · status=499 error=client_aborted attempts=1 outcome=neutral FAILED
  ! breaker.outcome · outcome=neutral failures=0 probe=false
  gateway client POST /api/analyze/comprehensive · error=CallCancelledError attempt=1 FAILED
    engine server POST /api/analyze/comprehensive · status=499 error=client_aborted attempt=1 FAILED
      ! fault.injected · fault=held`,

  shed: `
gateway server POST /api/analyze/comprehensive · status=503 error=503 attempts=1 outcome=neutral FAILED
  ! concurrency.shed · in_flight=4 limit=4
  ! breaker.outcome · outcome=neutral failures=0 probe=false
  ! request.refused · error=overloaded layer=concurrency`,

  'queue full': `
gateway server POST /api/analyze/comprehensive · status=503 error=503 attempts=3 outcome=failure FAILED
  ! retry.scheduled · attempt=1 attempts=3 reason=503
  ! retry.scheduled · attempt=2 attempts=3 reason=503
  ! breaker.outcome · outcome=neutral failures=0 probe=false
  ! retry.stopped · error=503 attempt=3 attempts=3 reason=attempts
  ! request.refused · error=overloaded layer=engine
  gateway client POST /api/analyze/comprehensive · status=503 error=503 attempt=1 FAILED
    engine server POST /api/analyze/comprehensive · status=503 error=503 attempt=1 FAILED
      ! request.refused · error=overloaded layer=admission${LOOKED_UP}
  gateway client POST /api/analyze/comprehensive · status=503 error=503 resend=1 attempt=2 FAILED
    engine server POST /api/analyze/comprehensive · status=503 error=503 attempt=2 FAILED
      ! request.refused · error=overloaded layer=admission${LOOKED_UP}
  gateway client POST /api/analyze/comprehensive · status=503 error=503 resend=2 attempt=3 FAILED
    engine server POST /api/analyze/comprehensive · status=503 error=503 attempt=3 FAILED
      ! request.refused · error=overloaded layer=admission${LOOKED_UP}`,

  'worker crash': `
gateway server POST /api/analyze/comprehensive · status=200 attempts=2 outcome=success
  ! retry.scheduled · attempt=1 attempts=3 reason=500
  ! breaker.outcome · outcome=success failures=0 probe=false
  gateway client POST /api/analyze/comprehensive · status=500 error=500 attempt=1 FAILED
    engine server POST /api/analyze/comprehensive · status=500 error=500 attempt=1 FAILED
      ! request.refused · error=internal layer=engine${LOOKED_UP}
  gateway client POST /api/analyze/comprehensive · status=200 resend=1 attempt=2
    engine server POST /api/analyze/comprehensive · status=200 attempt=2${COMPUTED}`,

  failure: `
gateway server POST /api/analyze/comprehensive · status=503 error=503 attempts=3 outcome=failure FAILED
  ! retry.scheduled · attempt=1 attempts=3 reason=503
  ! retry.scheduled · attempt=2 attempts=3 reason=503
  ! breaker.outcome · outcome=failure failures=1 probe=false
  ! retry.stopped · error=503 attempt=3 attempts=3 reason=attempts
  ! request.refused · error=engine_unavailable layer=engine
  gateway client POST /api/analyze/comprehensive · status=503 error=503 attempt=1 FAILED
    engine server POST /api/analyze/comprehensive · status=503 error=503 attempt=1 FAILED
      ! fault.injected · status=503 fault=down
  gateway client POST /api/analyze/comprehensive · status=503 error=503 resend=1 attempt=2 FAILED
    engine server POST /api/analyze/comprehensive · status=503 error=503 attempt=2 FAILED
      ! fault.injected · status=503 fault=down
  gateway client POST /api/analyze/comprehensive · status=503 error=503 resend=2 attempt=3 FAILED
    engine server POST /api/analyze/comprehensive · status=503 error=503 attempt=3 FAILED
      ! fault.injected · status=503 fault=down`,

  'failure that opens': `
gateway server POST /api/analyze/comprehensive · status=503 error=503 attempts=3 outcome=failure FAILED
  ! retry.scheduled · attempt=1 attempts=3 reason=503
  ! retry.scheduled · attempt=2 attempts=3 reason=503
  ! breaker.transition · reason=consecutive_calls from=closed to=open failures=2
  ! breaker.outcome · outcome=failure failures=2 probe=false
  ! retry.stopped · error=503 attempt=3 attempts=3 reason=attempts
  ! request.refused · error=engine_unavailable layer=engine
  gateway client POST /api/analyze/comprehensive · status=503 error=503 attempt=1 FAILED
    engine server POST /api/analyze/comprehensive · status=503 error=503 attempt=1 FAILED
      ! fault.injected · status=503 fault=down
  gateway client POST /api/analyze/comprehensive · status=503 error=503 resend=1 attempt=2 FAILED
    engine server POST /api/analyze/comprehensive · status=503 error=503 attempt=2 FAILED
      ! fault.injected · status=503 fault=down
  gateway client POST /api/analyze/comprehensive · status=503 error=503 resend=2 attempt=3 FAILED
    engine server POST /api/analyze/comprehensive · status=503 error=503 attempt=3 FAILED
      ! fault.injected · status=503 fault=down`,

  'open breaker': `
gateway server POST /api/analyze/comprehensive · status=503 error=503 attempts=0 outcome=rejected FAILED
  ! balance.exhausted · engines=1
  ! breaker.rejected · outcome=rejected failures=2 probe=false
  ! request.refused · error=circuit_open layer=breaker`,

  probe: `
gateway server POST /api/analyze/comprehensive · status=200 attempts=1 outcome=success
  ! breaker.transition · reason=probes_succeeded from=half_open to=closed failures=0
  ! breaker.outcome · outcome=success failures=0 probe=true
  gateway client POST /api/analyze/comprehensive · status=200 attempt=1
    engine server POST /api/analyze/comprehensive · status=200 attempt=1${COMPUTED}`,

  malformed: `
gateway server POST /api/analyze/comprehensive · status=400 attempts=1 outcome=success
  ! breaker.outcome · outcome=success failures=0 probe=false
  gateway client POST /api/analyze/comprehensive · status=400 error=400 attempt=1 FAILED
    engine server POST /api/analyze/comprehensive · status=400 attempt=1`,

  drain: `
gateway server POST /api/analyze/comprehensive · status=200 attempts=1 outcome=success
  ! breaker.outcome · outcome=success failures=0 probe=false
  gateway client POST /api/analyze/comprehensive · status=200 attempt=1
    engine server POST /api/analyze/comprehensive · status=200 attempt=1
      ! fault.injected · fault=held${COMPUTED}`,

  'drain that lasts': `
gateway server GET /api/estimators · status=503 error=503 attempts=1 outcome=neutral FAILED
  ! hedge.started
  ! hedge.finished · won=neither
  ! breaker.outcome · outcome=neutral failures=0 probe=false
  ! breaker.outcome · outcome=neutral failures=0 probe=false
  ! request.refused · error=draining layer=drain
  gateway client GET /api/estimators · error=PipelineStoppedError attempt=1 FAILED
    engine server GET /api/estimators · status=499 error=client_aborted attempt=1 FAILED
      ! fault.injected · fault=hung
  gateway client GET /api/estimators · error=CallCancelledError attempt=1 hedge=true FAILED
    engine server GET /api/estimators · status=499 error=client_aborted attempt=1 FAILED
      ! fault.injected · fault=hung`,
} as const satisfies Readonly<Record<string, string>>;
