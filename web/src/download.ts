/** What the planner takes away: the table, the areas with their numbers, and paper with its basis — all of it what the screen shows. */

import { Problem } from './api';
import { areas, changes, coverage, kindName, query, shareOf } from './state';

function save(name: string, parts: BlobPart, type: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([parts], { type }));
  link.download = name;
  link.click();
  // the browser has taken hold of it by then
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A cell of a table: nothing in it is taken for a formula. */
function cell(value: string | number | null | undefined): string {
  const text = value === null || value === undefined ? '' : String(value);
  const plain = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n]/.test(plain) ? `"${plain.replace(/"/g, '""')}"` : plain;
}

/** The table of districts for a spreadsheet, with what it stands on below. */
export function saveTable() {
  const answer = coverage.value;
  if (!answer) return;
  const kinds = answer.total.kinds.map((k) => kindName(k.kind ?? ''));
  const heads = ['区域', '人口', '届かない人', '直線なら届く人', ...kinds.flatMap((k) => [`${k} 届く人`, `${k} 届く割合`])];
  const line = (row: typeof answer.total) => {
    const { reached, straight_only } = shareOf(row);
    const left = row.people === null || reached === null ? null : row.people - reached;
    return [row.name, row.people, left, straight_only, ...row.kinds.flatMap((k) => [k.reached, k.share])];
  };
  const b = answer.basis;
  const basis = [b.rule_text, b.speed_text, b.population ?? '', ...b.notes, `登録簿の改訂 ${b.revision}`].map((t) => ['根拠', t]);
  const rows = [heads, ...answer.rows.map(line), ['合計', ...line(answer.total).slice(1)], [], ...basis];
  save('kayoi.csv', '\ufeff' + rows.map((r) => r.map(cell).join(',')).join('\r\n') + '\r\n', 'text/csv');
}

/** The districts with their numbers, for a map elsewhere. */
export function saveAreas() {
  const [answer, shapes] = [coverage.value, areas.value];
  if (!answer || !shapes) return;
  const features = shapes.features.map((f) => {
    const row = answer.rows.find((r) => r.id === f.id);
    return { ...f, properties: { ...f.properties, ...row } };
  });
  save('kayoi.geojson', JSON.stringify({ type: 'FeatureCollection', features, basis: answer.basis }), 'application/geo+json');
}

/** What the changes would change, as a PDF with its map and its basis. */
export async function saveWhatIf() {
  const body = JSON.stringify({ name: 'もしも', changes: changes.value });
  const response = await fetch(`/api/whatif/report.pdf?${query.value}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  if (!response.ok)
    throw new Problem(((await response.json()) as { detail?: string }).detail ?? 'PDFを作れませんでした。', response.status);
  save('kayoi-もしも.pdf', await response.arrayBuffer(), 'application/pdf');
}
