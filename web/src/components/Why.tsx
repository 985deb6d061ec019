import { distance } from '../scale';
import type { Way } from '../api';
import { CloseService } from './WhatIf';
import { by, changes, itinerary, kindName, kinds, nearest, place, showWay } from '../state';

/** Why: the nearest of each kind from a place, and the walk there. */
export function Why() {
  const answer = nearest.value;
  if (!place.value || !answer) return null;
  const { areas, cell, address } = answer.here;
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
        {address && <>（{address}）</>}
      </p>
      {cell && (
        <p>
          この区画（{cell.code}）に{cell.people === null ? `${cell.fewer_than}人未満` : `約${cell.people.toLocaleString('ja-JP')}人`}
        </p>
      )}
      <ul>
        {answer.features.map(({ id, properties: p }, i) => (
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
            <br />
            <CloseService id={Number(id)} name={p.name} />
            {by.value !== 'walk' && (
              <>
                <br />
                <button type="button" onClick={() => showWay(Number(id), p.name)}>
                  行き方と帰り方
                </button>
              </>
            )}
          </li>
        ))}
        {answer.none.map((code) => (
          <li key={code}>× {kindName(code)}: 歩いて行ける所が見つかりません</li>
        ))}
      </ul>
      {itinerary.value && (
        <section aria-label="行き方">
          <h3>{itinerary.value.to}へ</h3>
          <Ways title="行き" ways={itinerary.value.answer.there.ways} />
          <Ways title="帰り（12時から）" ways={itinerary.value.answer.back?.ways ?? []} />
        </section>
      )}
      <p>
        <button type="button" onClick={addHere}>
          もしも、ここに{kindName(kinds.value[0] ?? '')}があったら
        </button>
      </p>
    </aside>
  );
}

function addHere() {
  const [p, kind] = [place.value, kinds.value[0]];
  if (p && kind) changes.value = [...changes.value, { change: 'add_service', kind, at: p }];
}

function Ways({ title, ways }: { title: string; ways: Way[] }) {
  const best = ways[0];
  return (
    <>
      <h4>{title}</h4>
      {!best && <p>行ける方法が見つかりません。</p>}
      {best && (
        <>
          <p>
            {best.leave} → {best.arrive}（{Math.round(best.minutes)}分）
          </p>
          <ol>
            {best.legs.map((l, i) => (
              <li key={i}>
                {l.leave} {l.ja}
              </li>
            ))}
          </ol>
          {best.booking && (
            <p>
              {best.booking.until ? `${best.booking.until}までに` : ''}予約が要ります。
              {best.booking.phone ? `電話 ${best.booking.phone}` : ''}
            </p>
          )}
        </>
      )}
    </>
  );
}
