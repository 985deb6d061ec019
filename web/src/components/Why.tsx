import { distance } from '../scale';
import { kindName, nearest, place } from '../state';

/** Why: the nearest of each kind from a place, and the walk there. */
export function Why() {
  const answer = nearest.value;
  if (!place.value || !answer) return null;
  const { areas, cell } = answer.here;
  return (
    <aside class="why" aria-live="polite" aria-label="この場所から">
      <button type="button" class="close" onClick={() => (place.value = null)}>
        閉じる
      </button>
      <h2>この場所から</h2>
      <p>
        {areas
          .filter((a) => a.area_type !== 'zoning')
          .map((a) => a.name)
          .join('・') || '区域の外'}
      </p>
      {cell && (
        <p>
          この区画（{cell.code}）に{cell.people === null ? `${cell.fewer_than}人未満` : `約${cell.people.toLocaleString('ja-JP')}人`}
        </p>
      )}
      <ul>
        {answer.features.map(({ properties: p }, i) => (
          <li key={i}>
            <strong>
              {p.within ? '○' : '×'} {p.kind_ja}
            </strong>
            <br />
            {p.name}
            <br />
            歩いて約{Math.ceil(p.minutes)}分（道のり{distance(p.metres)}、直線{distance(p.straight_metres)}）
            {p.schedule && (
              <>
                <br />
                {p.schedule}
              </>
            )}
            {p.phone && (
              <>
                <br />
                電話 {p.phone}
              </>
            )}
          </li>
        ))}
        {answer.none.map((code) => (
          <li key={code}>× {kindName(code)}: 歩いて行ける所が見つかりません</li>
        ))}
      </ul>
    </aside>
  );
}
