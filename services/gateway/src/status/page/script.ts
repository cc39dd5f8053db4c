/**
 * What the page runs: it takes the sections of `/status/events` over and says when none come. Without it the page is a
 * snapshot that loads itself again.
 */
export const SCRIPT: string = `
'use strict';
(() => {
  const SILENCE_MS = 5000;
  const LONGEST_WAIT_MS = 10000;
  const lost = document.getElementById('lost');
  const mode = document.getElementById('mode');
  let source;
  let silence;
  let waitMs = 1000;

  // Focus, selection and the place in a scrolled table survive: each second brings other content.
  const show = (id, markup) => {
    const section = document.getElementById(id);
    if (section === null) return;
    const selection = document.getSelection();
    if (!selection.isCollapsed && section.contains(selection.anchorNode)) return;
    const focused = section.contains(document.activeElement) ? document.activeElement.id : '';
    const scrolled = [...section.querySelectorAll('.scroll')].map(({ id, scrollLeft }) => [id, scrollLeft]);
    section.innerHTML = markup;
    for (const [region, left] of scrolled) document.getElementById(region)?.scrollTo({ left, behavior: 'instant' });
    if (focused !== '') document.getElementById(focused)?.focus({ preventScroll: true });
  };

  const connected = () => {
    document.documentElement.classList.remove('stale');
    lost.hidden = true;
    mode.textContent = 'live';
    waitMs = 1000;
  };

  const disconnected = (why) => {
    source.close();
    clearTimeout(silence);
    if (lost.hidden) {
      document.documentElement.classList.add('stale');
      lost.textContent = why + ' Below is what was known then; trying again.';
      lost.hidden = false;
      mode.textContent = 'not connected';
    }
    setTimeout(connect, waitMs);
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  };

  const listen = () => {
    clearTimeout(silence);
    silence = setTimeout(() => disconnected('Nothing heard from the gateway since ' + now() + '.'), SILENCE_MS);
  };

  const now = () => new Date().toISOString().slice(11, 19) + ' UTC';

  const connect = () => {
    source = new EventSource('/status/events');
    listen();
    source.onmessage = ({ data }) => {
      const { page, sections } = JSON.parse(data);
      if (page !== document.documentElement.dataset.page) return location.reload();
      connected();
      listen();
      for (const [id, markup] of Object.entries(sections)) show(id, markup);
    };
    source.addEventListener('closing', () => disconnected('The gateway shut down at ' + now() + '.'));
    source.onerror = () => disconnected('Connection to the gateway lost at ' + now() + '.');
  };

  mode.textContent = 'live';
  connect();
  // A page that waits in the browser's history is not live: its connection is closed and opened anew.
  addEventListener('pagehide', () => { source.close(); clearTimeout(silence); });
  addEventListener('pageshow', ({ persisted }) => { if (persisted) connect(); });
})();
`.trim();
