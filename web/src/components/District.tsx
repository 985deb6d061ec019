import { distance, people, percent } from '../scale';
import { CloseService } from './WhatIf';
import { coverage, gaps, kindName, selected, services } from '../state';

const most = 30;

/** One district: the cells left out, and the services its people reach. */
export function District() {
  const id = selected.value;
  if (id === null) return null;
  const name = coverage.value?.rows.find((r) => r.id === id)?.name ?? '';
  const cells = gaps.value?.features ?? [];
  const reached = services.value?.features ?? [];
  return (
    <section class="district" aria-label={`${name}の内訳`}>
      <h2>{name}の内訳</h2>
      <p class="row">
        <a class="button" href={`/api/areas/${id}/print/karte.pdf`} target="_blank" rel="noopener">
          校区カルテ（PDF）
        </a>
        <a class="button" href={`/api/areas/${id}/print/map.pdf`} target="_blank" rel="noopener">
          地域資源マップ（PDF）
        </a>
      </p>
      <h3>届かない区画（人の多い順）</h3>
      {gaps.value && cells.length === 0 && <p>全員が届きます。</p>}
      {cells.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">区画</th>
              <th scope="col">種類</th>
              <th scope="col">届かない人</th>
              <th scope="col">理由</th>
              <th scope="col">いちばん近い所</th>
            </tr>
          </thead>
          <tbody>
            {cells.slice(0, most).map(({ properties: g }, i) => (
              <tr key={i}>
                <th scope="row">{g.cell}</th>
                <td>{kindName(g.kind)}</td>
                <td>{g.left_out === null ? `${g.fewer_than ?? 5}人未満など` : people(g.left_out)}</td>
                <td>
                  {g.reason_ja}
                  <br />
                  <small>案: {g.remedy.ja}</small>
                </td>
                <td>
                  {g.nearest ? `${g.nearest}（${distance(g.nearest_metres)}・約${Math.ceil(g.nearest_minutes ?? 0)}分）` : '見つかりません'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {cells.length > most && <p>ほか{cells.length - most}区画</p>}
      <h3>この区域の人が届くサービス（届く人の多い順）</h3>
      {services.value && reached.length === 0 && <p>届くサービスがありません。</p>}
      <ol>
        {reached.slice(0, most).map(({ id: service, properties: s }, i) => (
          <li key={i}>
            {s.name}（{s.kind_ja}
            {s.inside ? '' : '・区域の外'}） {people(s.reached)}人・{percent(s.share)} <CloseService id={Number(service)} name={s.name} />
          </li>
        ))}
      </ol>
      {reached.length > most && <p>ほか{reached.length - most}か所</p>}
    </section>
  );
}
