/** The style of HTML reports: the colours of the window, by the reader's theme. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;--bg:#f7f8fa;--panel:#fff;--line:#dde2e9;--text:#171b21;--dim:#4b5563;--ok:#15703f;--ok-bg:#e2f5ea;--bad:#bf2f2a;--bad-bg:#fdecea;--warn:#85580a;--warn-bg:#fdf3dc;
--series-0:#1a78c2;--series-1:#b0641a;--series-2:#7a4fc4;--series-3:#18806a;--series-4:#b83a72;--series-5:#7d6b0a;--series-6:#4757c9;--series-7:#8a563a}
@media (prefers-color-scheme:dark){:root{--bg:#0f1216;--panel:#151a20;--line:#2a323d;--text:#e6e9ee;--dim:#a3adba;--ok:#4cc38a;--ok-bg:#12301f;--bad:#f47c75;--bad-bg:#331c1d;--warn:#e5b454;--warn-bg:#2c2515;
--series-0:#5eb1ef;--series-1:#e8a15c;--series-2:#b48ef0;--series-3:#5cc8a8;--series-4:#e87fa8;--series-5:#d2c057;--series-6:#7f9cf5;--series-7:#c99177}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:14px/1.5 Inter,"Segoe UI",system-ui,-apple-system,"Noto Sans",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1040px;margin:0 auto;padding:32px 24px 64px}
header{display:grid;grid-template-columns:1fr auto;gap:4px 16px;align-items:center;margin-bottom:20px}
h1{font-size:22px;line-height:1.3;margin:0;overflow-wrap:anywhere}
h2{font-size:13px;margin:28px 0 8px;color:var(--dim);font-weight:600}
.outcome{margin:0;padding:4px 12px;border-radius:999px;font-weight:600;background:var(--warn-bg);color:var(--warn)}
.outcome.passed{background:var(--ok-bg);color:var(--ok)}
.outcome.failed,.outcome.broken{background:var(--bad-bg);color:var(--bad)}
.facts{grid-column:1/-1;margin:0;color:var(--dim);overflow-wrap:anywhere}
.problem{grid-column:1/-1;margin:8px 0 0;padding:8px 12px;border-radius:8px;background:var(--bad-bg);color:var(--bad)}
code,pre{font:12.5px/1.5 "JetBrains Mono",ui-monospace,"SF Mono","DejaVu Sans Mono",monospace}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:1px;margin:0;border:1px solid var(--line);border-radius:10px;overflow:hidden;background:var(--line)}
.tiles div{background:var(--panel);padding:12px 16px}
dt{color:var(--dim);font-size:12px}
dd{margin:2px 0 0;font-size:18px;font-weight:600;white-space:nowrap}
small{color:var(--dim);font-size:12px;font-weight:400}
dd small{display:block;min-height:18px}
table{width:100%;border-collapse:separate;border-spacing:0;background:var(--panel);border:1px solid var(--line);border-radius:10px;overflow:hidden}
th,td{padding:7px 16px;text-align:left;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
tbody tr:last-child td{border-bottom:0}
th{font-size:12px;font-weight:500;color:var(--dim)}
.number{text-align:right;white-space:nowrap}
.time{white-space:nowrap;width:1%;padding-right:24px}
.met td:first-child{color:var(--ok);font-weight:600;white-space:nowrap;width:1%}
.unmet td{background:var(--bad-bg)}
.unmet td:first-child{color:var(--bad);font-weight:600;white-space:nowrap;width:1%}
i{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:8px}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin:0 0 8px;color:var(--dim);font-size:12px}
.charts svg{display:block;width:100%;height:auto;background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:10px 16px 8px 4px}
svg text{font-size:11px;fill:var(--dim)}
.grid{stroke:var(--line)}
.mark line{stroke:var(--text);stroke-dasharray:2 4;opacity:.55}
polyline{fill:none;stroke-width:2;stroke-linejoin:round}
.p50{stroke:var(--ok)}.p99{stroke:var(--bad)}.p50-swatch{background:var(--ok)}.p99-swatch{background:var(--bad)}
.failed{stroke:var(--bad);stroke-width:3;fill:none}
details{margin-top:12px}details table{margin-top:8px}details+details{margin-top:28px}summary{color:var(--dim);cursor:pointer}
pre{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:12px 16px;overflow:auto}
@media print{body{background:#fff}section,svg{break-inside:avoid}}
`;
