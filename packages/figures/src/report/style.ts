import { DARK, DARK_MEDIA, FONT, LIGHT, properties } from '../theme.ts';

/** Signal colours of the gates, with contrast ≥ 4.5 against their own ground; each is also said in words. */
const SIGNALS_LIGHT =
  '--pass:#0b5f3c;--pass-ground:#e3f4ea;--warn:#7a4a00;--warn-ground:#fdf0d8;--fail:#9b1c1c;--fail-ground:#fde8e8;--plain-ground:#eef1f4';
const SIGNALS_DARK =
  '--pass:#7fdcae;--pass-ground:#12301f;--warn:#f5c46b;--warn-ground:#38290d;--fail:#ffaaa5;--fail-ground:#421a1a;--plain-ground:#262d35';

const RULES = `
:root{color-scheme:light dark;${properties(LIGHT)};${SIGNALS_LIGHT}}
${DARK_MEDIA}{:root{${properties(DARK)};${SIGNALS_DARK}}}
*{box-sizing:border-box}
body{margin:0;background:var(--surface);color:var(--ink);font:16px/1.55 ${FONT}}
main{max-width:860px;margin:0 auto;padding:32px 20px 64px}
h1{font-size:clamp(1.6rem,5vw,2.3rem);line-height:1.2;margin:.1em 0 .5em;overflow-wrap:anywhere}
h2{font-size:1.35rem;margin:0 0 .5em}
h3{font-size:1.05rem;margin:1.4em 0 .4em}
p{margin:.5em 0;max-width:70ch;overflow-wrap:anywhere}
section{border-top:1px solid var(--grid);margin-top:36px;padding-top:24px}
.kicker{color:var(--muted);margin:0;font-size:.9rem}
.lead{font-size:1.2rem;line-height:1.45}
.lead strong{font-size:1.25em;white-space:nowrap}
.muted,.none,figcaption{color:var(--muted)}
a{color:var(--control)}
nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;padding:0;margin:20px 0 0}
.name{overflow-wrap:anywhere}
code{font:.85em ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere;color:var(--muted)}
.scroll{overflow-x:auto;max-width:100%}
.scroll:focus-visible{outline:2px solid var(--control);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.92rem;margin:8px 0}
th,td{text-align:left;padding:7px 14px 7px 0;border-bottom:1px solid var(--grid);vertical-align:top}
thead th{color:var(--muted);font-weight:600;vertical-align:bottom}
tbody th{font-weight:400;min-width:8.5em}
tbody th .name{display:inline-block;max-width:22em}
.results tbody th .muted{display:block;font-size:.88rem}
.numeric thead th:not(:first-child){text-align:right}
td.number{text-align:right;padding:7px 0 7px 14px}
.numeric thead th:not(:first-child){padding:7px 0 7px 14px}
.number{white-space:nowrap;font-variant-numeric:tabular-nums}
.note td{padding-top:0}
.note div{max-width:calc(100vw - 40px)}
.warned{color:var(--warn)}
.failed{color:var(--fail)}
tr:has(+ .note) > *{border-bottom:0;padding-bottom:2px}
.wide td:first-child{min-width:14em}
.plain{list-style:none;margin:0;padding:0}
dl{margin:.5em 0}
dl div{display:grid;grid-template-columns:minmax(9em,14em) 1fr;gap:2px 16px;padding:4px 0;border-bottom:1px solid var(--grid)}
dt{color:var(--muted)}
dd{margin:0;overflow-wrap:anywhere;min-width:0}
figure{margin:20px 0 28px}
figure svg{display:block;width:100%;min-width:600px;max-width:760px;height:auto}
figcaption{font-size:.92rem;max-width:70ch;margin-top:6px}
details{margin:12px 0}
summary{cursor:pointer;padding:4px 0}
.board{display:grid;grid-template-columns:repeat(auto-fit,minmax(260px,1fr));gap:14px;list-style:none;padding:0}
.gate{border:1px solid var(--grid);border-left-width:5px;border-radius:8px;padding:4px 16px 8px}
.gate h3{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin:.5em 0}
.gate.pass{border-left-color:var(--pass)}.gate.warn{border-left-color:var(--warn)}.gate.fail{border-left-color:var(--fail)}
.chip{display:inline-block;border-radius:99px;padding:2px 12px;font-size:.88rem;font-weight:600;text-decoration:none;background:var(--plain-ground);color:var(--ink)}
.chip.pass{background:var(--pass-ground);color:var(--pass)}
.chip.warn{background:var(--warn-ground);color:var(--warn)}
.chip.fail{background:var(--fail-ground);color:var(--fail)}
.chips{display:flex;flex-wrap:wrap;gap:8px;margin-top:16px}
@media (max-width:520px){main{padding:20px 16px 48px}body{font-size:15px}dl div{grid-template-columns:1fr}}
@media print{main{max-width:none;padding:0}nav{display:none}body{font-size:10.5pt}figure,tr,.gate{break-inside:avoid}h2,h3{break-after:avoid}.scroll{overflow:visible}
figure svg{min-width:0}details::details-content{content-visibility:visible;display:block;height:auto}.chip{border:1px solid}thead{display:table-header-group}}
`;

export const reportStyle: string = RULES.trim().replaceAll('\n', '');
