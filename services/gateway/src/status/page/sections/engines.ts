import type { ResilienceState } from '@penstock/contracts';
import type { StatusSnapshot } from '../../snapshot.ts';
import { breakerStrip, meter } from '../charts.ts';
import { number, percent, span, time } from '../format.ts';
import { type Child, html, type Markup } from '../html.ts';

type Breaker = ResilienceState['breakers'][number];

const SHOWN_CHANGES = 6;
const DAY_MS = 86_400_000;

const STATES: Readonly<Record<Breaker['state'], { readonly words: string; readonly tone: string }>> = {
  closed: { words: 'closed', tone: 'pass' },
  open: { words: 'open', tone: 'fail' },
  half_open: { words: 'half-open', tone: 'warn' },
};

/** Why the breaker moved, in words; a cause without any is shown as it is named. */
const CAUSES: Readonly<Record<string, string>> = {
  consecutive_calls: 'calls failed in a row',
  consecutive_attempts: 'attempts failed in a row',
  attempt_ratio: 'too many attempts failed',
  slow_ratio: 'too many calls were slow',
  timer: 'the break was over',
  readiness: 'the engine said that it is ready',
  probes_succeeded: 'probes succeeded',
  probe_failed: 'a probe failed',
  probe_expired: 'a probe did not end in time',
  switched_off: 'switched off',
};

/** A card for each engine. */
export const engines = ({ state, at, startedAt }: StatusSnapshot): Markup =>
  html`<div class="engines">${state.breakers.map((breaker) => card(breaker, state, at, startedAt))}</div>`;

function card(breaker: Breaker, state: ResilienceState, at: number, startedAt: number): Markup {
  const { name } = breaker;
  const named = <T extends { readonly name: string }>(list: readonly T[]): T | undefined =>
    list.find((each) => each.name === name);
  return html`<article class="card" aria-labelledby="card-${name}"><header><h3 id="card-${name}">${name}</h3>${chip(breaker)}</header>
<p class="origin">${named(state.pools)?.origin}</p>
<div class="strip">${breakerStrip(breaker, at, startedAt)}</div>
<dl class="facts">${[
    fact('Failed calls in a row', `${breaker.consecutive_failures} of ${breaker.threshold}`),
    breaker.next_attempt_in_s === null ? unbroken(breaker, at) : fact('Next call', nextCall(breaker)),
    pool(named(state.pools)),
    concurrency(named(state.concurrency)),
    throttle(named(state.throttles)),
    load(named(state.balance)),
  ]}</dl>
${history(breaker, at)}</article>`;
}

const fact = (term: string, words: Child, picture: Child = ''): Markup =>
  html`<div><dt>${term}</dt><dd>${words}${picture}</dd></div>`;

function chip({ mode, state }: Breaker): Markup {
  if (mode === 'off') return html`<span class="chip plain">breaker off</span>`;
  const { words, tone } = STATES[state];
  return html`<span class="chip ${tone}">circuit ${words}${mode === 'shadow' && ' (only watched)'}</span>`;
}

const unbroken = ({ state, since }: Breaker, at: number): Markup =>
  fact(state === 'closed' ? 'Closed for' : 'Half-open for', span(at - Date.parse(since)));

function nextCall({ next_attempt_in_s, readiness_believed }: Breaker): string {
  const latest = `in ${Math.max(0, Math.ceil(next_attempt_in_s ?? 0))} s`;
  return readiness_believed ? `${latest}, or once it is ready` : latest;
}

function pool(pool: ResilienceState['pools'][number] | undefined): Markup | undefined {
  if (pool === undefined) return undefined;
  const waiting = pool.pending === 0 ? '' : `, ${number(pool.pending)} waiting`;
  return fact('Connections busy', `${pool.active} of ${pool.size}${waiting}; ${pool.connected} open`, meter(pool.utilization));
}

function concurrency(limit: ResilienceState['concurrency'][number] | undefined): Markup | undefined {
  if (limit === undefined) return undefined;
  const words = `${limit.in_flight} of ${limit.limit} attempts`;
  return fact('Adaptive limit', [words, inMode(limit.mode)], meter(limit.in_flight / limit.limit));
}

function throttle(throttle: ResilienceState['throttles'][number] | undefined): Markup | undefined {
  if (throttle === undefined) return undefined;
  const words = throttle.probability === 0 ? 'turns down nothing' : `turns down ${percent(throttle.probability)} of calls`;
  return fact('Throttle', [words, inMode(throttle.mode)]);
}

function load(balance: ResilienceState['balance'][number] | undefined): Markup | undefined {
  return balance && fact('Load', `calls from here: ${balance.in_flight}; tasks there: ${number(balance.load)}`);
}

export const inMode = (mode: Breaker['mode']): string =>
  mode === 'enforce' ? '' : mode === 'off' ? ' (off)' : ' (only watched)';

function history({ transitions, name }: Breaker, at: number): Markup {
  const latest = transitions.slice(-SHOWN_CHANGES).reverse();
  const entry = ({ at: when, to, because }: Breaker['transitions'][number]): Markup => {
    const ms = Date.parse(when);
    return html`<li><time datetime="${when}">${at - ms < DAY_MS ? time(ms) : when.slice(0, 10)}</time><span>${
      STATES[to as Breaker['state']]?.words ?? to
    } – ${CAUSES[because] ?? because}</span></li>`;
  };
  return html`<h4 id="history-${name}">Changes of the circuit</h4>${
    latest.length === 0
      ? html`<p class="muted">none since the start</p>`
      : html`<ol class="history" aria-labelledby="history-${name}">${latest.map(entry)}</ol>`
  }`;
}
