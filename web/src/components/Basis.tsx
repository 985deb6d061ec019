import type { Basis as BasisData } from '../api';

/** What the numbers stand on, printed under them. */
export function Basis({ basis }: { basis: BasisData }) {
  return (
    <section class="basis" aria-label="計算の根拠">
      <h2>計算の根拠{basis.unverified && <em>（未確認の値を含みます）</em>}</h2>
      <ul>
        <li>基準: {basis.rule_text}</li>
        <li>速さ: {basis.speed_text}</li>
        <li>距離: {basis.distance === 'network' ? '道路に沿った距離' : '直線距離からの推定'}</li>
        {basis.population && <li>人口: {basis.population}</li>}
        {basis.demand_points && <li>{basis.demand_points}</li>}
        {basis.notes.map((n) => (
          <li key={n}>{n}</li>
        ))}
        <li>登録簿の改訂: {basis.revision}</li>
      </ul>
      <details>
        <summary>データの出典と年次</summary>
        <ul>
          {basis.data.map((d) => (
            <li key={d.title}>
              {d.title}
              {d.vintage ? `（${d.vintage}）` : '（年次の記載なし）'} — {d.attribution}
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}
