/** The colours of the engine's reports; each has contrast ≥ 4.5 with the ground that it stands on. */
const LIGHT =
  '--surface:#ffffff;--card:#f6f8fa;--ink:#1c2127;--muted:#555e68;--grid:#dde2e7;--link:#0067a5;--p50:#0067a5;--p95:#b34a00;--p99:#8c4a93;--pass:#0b5f3c;--pass-ground:#e3f4ea;--warn:#7a4a00;--warn-ground:#fdf0d8;--fail:#9b1c1c;--fail-ground:#fde8e8;--answered:#2e8b62;--rejected:#d29a2f;--failed:#c23b3b';
const DARK =
  '--surface:#15191e;--card:#1d232a;--ink:#e8ebee;--muted:#a7b0ba;--grid:#323a43;--link:#6fb9f0;--p50:#6fb9f0;--p95:#f2a65a;--p99:#d9a0e2;--pass:#7fdcae;--pass-ground:#12301f;--warn:#f5c46b;--warn-ground:#38290d;--fail:#ffaaa5;--fail-ground:#421a1a;--answered:#4cc9a4;--rejected:#e0b355;--failed:#f0716b';
const FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",Arial,"Noto Sans CJK JP",sans-serif';

const RULES = `
:root{color-scheme:light dark;${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
body{margin:0;background:var(--surface);color:var(--ink);font:15px/1.5 ${FONT}}
main,header,footer{max-width:1080px;margin:0 auto;padding:0 20px}
header{padding-top:24px}
h1{font-size:1.05rem;margin:0;font-weight:600}
h2{font-size:1.15rem;margin:0 0 10px}
h3{font-size:1rem;margin:0;overflow-wrap:anywhere}
h4,.minor{font-size:.88rem;font-weight:600;color:var(--muted);margin:14px 0 4px}
p{margin:.4em 0}
a{color:var(--link)}
a:focus-visible,.scroll:focus-visible,summary:focus-visible{outline:2px solid var(--link);outline-offset:2px}
section{margin-top:32px}
.muted,.none{color:var(--muted)}
.number,time,.big{font-variant-numeric:tabular-nums}
.top{display:flex;flex-wrap:wrap;justify-content:space-between;gap:2px 20px;color:var(--muted);font-size:.9rem}
.top h1{color:var(--ink)}
.verdict{display:flex;gap:12px;align-items:baseline;margin:16px 0 0;padding:14px 18px;border-radius:10px;font-size:1.25rem;line-height:1.35;font-weight:600}
.verdict::before{content:"";flex:none;width:.62em;height:.62em;border-radius:50%;background:currentColor}
.verdict.warn::before{border-radius:2px;transform:rotate(45deg)}
.verdict.fail::before{border-radius:0}
.pass{background:var(--pass-ground);color:var(--pass)}
.warn{background:var(--warn-ground);color:var(--warn)}
.fail{background:var(--fail-ground);color:var(--fail)}
.lost{margin:12px 0 0;padding:10px 18px;border-radius:10px;background:var(--fail-ground);color:var(--fail)}
.stale main,.stale .verdict{filter:grayscale(1)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:10px;margin:0}
.tiles div{background:var(--card);border-radius:10px;padding:10px 14px}
dt{color:var(--muted);font-size:.88rem}
dd{margin:0}
.big{font-size:1.35rem;font-weight:600;line-height:1.3}
.charts{display:grid;grid-template-columns:1fr 1fr;gap:28px}
figure{margin:0;min-width:0}
figcaption{display:flex;flex-wrap:wrap;gap:2px 14px;font-size:.9rem;margin-bottom:6px}
figcaption strong{margin-right:auto}
.key::before{content:"";display:inline-block;width:16px;height:0;border-top:3px solid;margin-right:6px;vertical-align:middle}
.key.p50::before{border-color:var(--p50)}
.key.p95::before{border-color:var(--p95);border-top-style:dashed}
.key.p99::before{border-color:var(--p99);border-top-style:dotted}
.key.answered::before,.key.rejected::before,.key.failed::before{width:10px;height:10px;border:0;border-radius:2px}
.key.answered::before{background:var(--answered)}
.key.rejected::before{background:var(--rejected)}
.key.failed::before{background:var(--failed)}
.plot{display:grid;grid-template-columns:3.6em 1fr;gap:0 8px}
.plot svg{height:120px}
.ticks{display:flex;flex-direction:column;justify-content:space-between;text-align:right;font-size:.8rem;line-height:1;color:var(--muted);margin:-.5em 0}
.axis{grid-column:2;display:flex;justify-content:space-between;font-size:.8rem;color:var(--muted);margin-top:2px}
svg{display:block;width:100%}
svg .grid{stroke:var(--grid);vector-effect:non-scaling-stroke}
svg .line{fill:none;stroke-width:2;vector-effect:non-scaling-stroke;stroke-linejoin:round}
svg .p50{stroke:var(--p50)}
svg .p95{stroke:var(--p95);stroke-dasharray:6 3}
svg .p99{stroke:var(--p99);stroke-dasharray:2 3}
svg .answered,svg .closed{fill:var(--answered)}
svg .rejected,svg .half_open{fill:var(--rejected)}
svg .unknown{fill:var(--grid)}
svg .failed,svg .open{fill:var(--failed)}
.strip svg{height:14px;border-radius:4px}
.meter{height:6px;border-radius:3px;margin-top:4px}
.meter .rest{fill:var(--grid)}
.meter .used{fill:var(--link)}
.engines{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:14px}
.card{border:1px solid var(--grid);border-radius:10px;padding:14px 18px 16px;min-width:0}
.card header{display:flex;flex-wrap:wrap;gap:6px 12px;align-items:center;padding:0;margin:0;max-width:none}
.card .origin{color:var(--muted);font-size:.88rem;margin:0 0 10px;overflow-wrap:anywhere}
.chip{border-radius:99px;padding:1px 12px;font-size:.88rem;font-weight:600;white-space:nowrap}
.chip.plain{background:var(--card);color:var(--muted)}
.facts{margin:12px 0 0;display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:10px 22px}
.facts.wide{grid-template-columns:repeat(auto-fit,minmax(min(100%,230px),1fr))}
.minor+.facts{margin-top:0}
.facts dd{overflow-wrap:anywhere}
.history{list-style:none;margin:0;padding:0;font-size:.92rem}
.history li{display:grid;grid-template-columns:5.2em 1fr;gap:8px;padding:3px 0;border-top:1px solid var(--grid)}
.scroll{overflow-x:auto;max-width:100%;position:relative}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;padding:6px 16px 6px 0;border-bottom:1px solid var(--grid);white-space:nowrap;vertical-align:baseline}
thead th{color:var(--muted);font-weight:600}
th.number,td.number{text-align:right}
td:last-child,th:last-child{padding-right:0}
code{font:.88em ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
.problem{font-weight:600}
td.rejected{color:var(--warn)}
td.failed{color:var(--fail)}
footer{margin-top:40px;padding-top:18px;padding-bottom:48px;font-size:.92rem}
footer ul{display:flex;flex-wrap:wrap;gap:4px 20px;list-style:none;padding:0;margin:0 0 10px}
footer code{overflow-wrap:anywhere}
summary{cursor:pointer}
[hidden]{display:none}
@media (max-width:760px){.charts{grid-template-columns:1fr}.charts,.engines{gap:22px}}
@media (max-width:520px){main,header,footer{padding-left:16px;padding-right:16px}header{padding-top:16px}section{margin-top:26px}.verdict{font-size:1.1rem;padding:12px 14px}.tiles{grid-template-columns:1fr 1fr;gap:8px}.tiles div:last-child:nth-child(odd){grid-column:1/-1}.card{padding:12px 14px}
.requests thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.requests,.requests tbody{display:block}
.requests tr{display:flex;flex-wrap:wrap;gap:0 12px;padding:7px 0;border-bottom:1px solid var(--grid)}
.requests td,.requests th{display:block;border:0;padding:0;white-space:normal;overflow-wrap:anywhere}
.requests .route{flex:1 0 calc(100% - 6em)}
.requests .attempts::before{content:"attempts: "}
.requests .none{display:none}}
`;

export const STYLE: string = RULES.trim().replaceAll('\n', '');
