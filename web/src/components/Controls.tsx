import { batch } from '@preact/signals';
import { day, departFrom, departTo, by, roundTrip, stat } from '../state';
import {
  areaType,
  catalog,
  group,
  kinds,
  metres,
  minutes,
  place,
  population,
  selected,
  showGaps,
  shown,
  unit,
  walker,
  year,
} from '../state';

const verified = (status: string) => (status === 'unverified' ? '（未確認）' : '');

/** The question: kinds, threshold, walker, people, districts. */
export function Controls() {
  const c = catalog.value;
  if (!c) return <p class="status">読み込んでいます…</p>;
  const groups = [...new Set(c.kinds.map((k) => k.group))];
  const toggle = (code: string) => {
    kinds.value = kinds.value.includes(code) ? kinds.value.filter((k) => k !== code) : [...kinds.value, code];
    if (!kinds.value.includes(shown.value)) shown.value = 'all';
  };
  return (
    <form class="controls" onSubmit={(e) => e.preventDefault()}>
      <details>
        <summary>何に届くか: {kinds.value.map((k) => c.kinds.find((x) => x.code === k)?.short).join('・') || '選んでください'}</summary>
        {groups.map((g) => {
          const here = c.kinds.filter((k) => k.group === g && (k.count > 0 || kinds.value.includes(k.code)));
          return (
            here.length > 0 && (
              <fieldset key={g} class="kinds">
                <legend>{g}</legend>
                {here.map((k) => (
                  <label key={k.code} title={k.ja}>
                    <input type="checkbox" checked={kinds.value.includes(k.code)} onChange={() => toggle(k.code)} />
                    {k.short} <small>{k.count}</small>
                  </label>
                ))}
              </fieldset>
            )
          );
        })}
      </details>
      <Travel />
      <div class="row">
        <label>
          しきい値
          <select value={unit.value} onChange={(e) => (unit.value = e.currentTarget.value as 'minutes' | 'metres')}>
            <option value="minutes">分</option>
            {by.value === 'walk' && <option value="metres">メートル（道のり）</option>}
          </select>
        </label>
        {unit.value === 'minutes' || by.value !== 'walk' ? (
          <label>
            {by.value === 'walk' ? '歩く時間' : '家から着くまで'} {minutes.value}分
            <input
              type="range"
              min="5"
              max="90"
              step="1"
              value={minutes.value}
              onInput={(e) => (minutes.value = Number(e.currentTarget.value))}
            />
          </label>
        ) : (
          <label>
            道のり {metres.value}m
            <input
              type="range"
              min="100"
              max="3000"
              step="50"
              value={metres.value}
              onInput={(e) => (metres.value = Number(e.currentTarget.value))}
            />
          </label>
        )}
      </div>
      <div class="row">
        <label>
          歩く人
          <select value={walker.value} onChange={(e) => (walker.value = e.currentTarget.value)}>
            {c.walkers.map((w) => (
              <option key={w.id} value={w.id}>
                {w.ja}
                {verified(w.status)}
              </option>
            ))}
          </select>
        </label>
        <label>
          区域
          <select
            value={areaType.value}
            onChange={(e) => {
              selected.value = null;
              areaType.value = e.currentTarget.value;
            }}
          >
            {c.area_types.map((t) => (
              <option key={t.code} value={t.code}>
                {t.ja}（{t.count}）{t.approximate ? '概略' : ''}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="row">
        <label>
          だれを数えるか
          <select value={group.value} onChange={(e) => (group.value = e.currentTarget.value)}>
            {[...new Map(c.population.flatMap((p) => p.groups).map((g) => [g.code, g])).values()].map((g) => (
              <option key={g.code} value={g.code}>
                {g.ja}
              </option>
            ))}
          </select>
        </label>
        <label>
          人口の年
          <select value={year.value || String(population.value?.year ?? '')} onChange={(e) => (year.value = e.currentTarget.value)}>
            {population.value?.years.map((y) => (
              <option key={y} value={String(y)}>
                {y}年
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="row">
        <label>
          地図の色
          <select value={shown.value} onChange={(e) => (shown.value = e.currentTarget.value)}>
            <option value="all">選んだ種類すべてに届く割合</option>
            {kinds.value.map((k) => (
              <option key={k} value={k}>
                {c.kinds.find((x) => x.code === k)?.short}に届く割合
              </option>
            ))}
          </select>
        </label>
        <label class="check">
          <input type="checkbox" checked={showGaps.value} onChange={() => (showGaps.value = !showGaps.value)} />
          届かない区画を地図に出す
        </label>
      </div>
      <CoordinateForm />
    </form>
  );
}

const hour = (text: string) => Number(text.split(':')[0]);

/** A window never ends before it begins: the other end follows by two hours. */
function setWindow(from: string, to: string, fromMoved: boolean) {
  const early = from.padStart(5, '0') >= to.padStart(5, '0');
  const moved = (text: string, hours: number) => `${Math.min(23, Math.max(0, hour(text) + hours))}:${text.split(':')[1] ?? '00'}`;
  batch(() => {
    departFrom.value = early && !fromMoved ? moved(to, -2) : from;
    departTo.value = early && fromMoved ? moved(from, 2) : to;
  });
}

/** How people travel, and when. */
function Travel() {
  const t = catalog.value?.transit;
  const modes = [
    ['walk', '徒歩だけ'],
    ['transit', '徒歩とバス・電車'],
    ['taxi', '徒歩とバス・電車とデマンドタクシー'],
  ];
  if (!t) return <p class="status">時刻表（GTFS）がないため、徒歩だけで計算します。</p>;
  return (
    <>
      <div class="row">
        <label>
          移動手段
          <select value={by.value} onChange={(e) => (by.value = e.currentTarget.value)}>
            {modes.map(([code, ja]) => (
              <option key={code} value={code} disabled={code === 'taxi' && t.demand.length === 0}>
                {ja}
              </option>
            ))}
          </select>
        </label>
        {by.value !== 'walk' && (
          <label>
            運行日
            <input type="date" value={day.value || t.day} onChange={(e) => (day.value = e.currentTarget.value)} />
          </label>
        )}
      </div>
      {by.value !== 'walk' && (
        <div class="row">
          <label>
            出発の時間帯
            <span class="pair">
              <input
                type="time"
                aria-label="出発のはじめ"
                value={(departFrom.value || t.window[0]).padStart(5, '0')}
                onChange={(e) => {
                  setWindow(e.currentTarget.value, departTo.value || t.window[1], true);
                }}
              />
              ～
              <input
                type="time"
                aria-label="出発のおわり"
                value={(departTo.value || t.window[1]).padStart(5, '0')}
                onChange={(e) => {
                  setWindow(departFrom.value || t.window[0], e.currentTarget.value, false);
                }}
              />
            </span>
          </label>
          <label>
            数える所要時間
            <select value={stat.value} onChange={(e) => (stat.value = e.currentTarget.value)}>
              <option value="best">いちばんよい時刻に出たとき</option>
              <option value="p50">ふつう（出発の半数がこれ以内）</option>
              <option value="p90">わるいとき（出発の9割がこれ以内）</option>
            </select>
          </label>
          <label class="check">
            <input type="checkbox" checked={roundTrip.value} onChange={() => (roundTrip.value = !roundTrip.value)} />
            帰って来られる人だけ（往復）
          </label>
        </div>
      )}
    </>
  );
}

/** The same as a click on the map, for the keyboard. */
function CoordinateForm() {
  return (
    <details>
      <summary>場所を数字で指定する（地図を押すのと同じ）</summary>
      <label>
        経度,緯度
        <input
          type="text"
          inputMode="decimal"
          placeholder="130.707,32.803"
          value={place.value?.join(',') ?? ''}
          onChange={(e) => {
            const [lon, lat] = e.currentTarget.value.split(',').map(Number);
            if (lon && lat) place.value = [lon, lat];
          }}
        />
      </label>
    </details>
  );
}
