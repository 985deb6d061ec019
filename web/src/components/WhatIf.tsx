import type { Change } from '../api';
import { people } from '../scale';
import { saveWhatIf } from '../download';
import { by, catalog, changes, guarded, kindName, kinds, newStops, placing, whatIf } from '../state';
import { effect, signal } from '@preact/signals';
import { addCall, Lines } from './Lines';
import { Scenarios } from './Scenarios';

const newKind = signal('');
const headway = signal(30);
const zoneDays = signal('毎日');
const zone = signal('');
/** Open where there are changes to see, and until it is closed by hand. */
const opened = signal(changes.value.length > 0);
effect(() => {
  if (changes.value.length > 0) opened.value = true;
});

/** A button that closes a service, to see who is left out then. */
export function CloseService({ id, name }: { id: number; name: string }) {
  const gone = changes.value.some((c) => c.change === 'close_service' && c.service === id);
  if (gone) return <>（もしも、なくなったら）</>;
  const close = () => add({ change: 'close_service', service: id });
  return (
    <button type="button" class="small" aria-label={`もしも、なくなったら: ${name}`} onClick={close}>
      もしも、なくなったら
    </button>
  );
}

/** What a change is, until the server has said it with its names. */
const what: Record<Change['change'], string> = {
  add_service: '新しく開く',
  close_service: 'サービスを閉じる',
  add_line: '新しい路線',
  close_line: '路線をやめる',
  add_stop: '停留所を足す',
  close_stop: '停留所をやめる',
  add_zone: 'デマンドタクシーの新しい区域',
  set_zone_days: 'デマンドタクシーの曜日を変える',
};

const add = (c: Change) => (changes.value = [...changes.value, c]);

/** What if: put a service or a line on the map and see whose answer changes. */
export function WhatIf() {
  const c = catalog.value;
  if (!c) return null;
  const kind = newKind.value || kinds.value[0] || '';
  const result = whatIf.value;
  const total = result?.rows[result.rows.length - 1];
  const told = result?.changes.length === changes.value.length ? result.changes : [];
  return (
    <details class="whatif" open={opened.value} onToggle={(e) => (opened.value = e.currentTarget.open)}>
      <summary>もしも（変えたらどうなるか）</summary>
      <div class="row">
        <label>
          新しく足すもの
          <select value={kind} onChange={(e) => (newKind.value = e.currentTarget.value)}>
            {c.kinds
              .filter((k) => kinds.value.includes(k.code))
              .map((k) => (
                <option key={k.code} value={k.code}>
                  {k.short}
                </option>
              ))}
          </select>
        </label>
        <button
          type="button"
          aria-pressed={placing.value === 'service'}
          onClick={() => {
            newKind.value = kind;
            placing.value = placing.value === 'service' ? null : 'service';
          }}
        >
          {placing.value === 'service' ? '地図を押してください（やめる）' : '地図に置く'}
        </button>
      </div>
      {by.value !== 'walk' && (
        <div class="row">
          <button
            type="button"
            aria-pressed={placing.value === 'stop'}
            onClick={() => (placing.value = placing.value === 'stop' ? null : 'stop')}
          >
            {placing.value === 'stop' ? `停留所 ${newStops.value.length}か所（押すのをやめる）` : '新しいバス路線の停留所を順に押す'}
          </button>
          {newStops.value.length > 1 && (
            <>
              <label>
                何分おき
                <input
                  type="number"
                  min="5"
                  max="240"
                  value={headway.value}
                  onChange={(e) => (headway.value = Math.max(5, Number(e.currentTarget.value) || 30))}
                />
              </label>
              <button
                type="button"
                onClick={() => {
                  add({
                    change: 'add_line',
                    name: `新しい路線${changes.value.length + 1}`,
                    stops: newStops.value,
                    first: '7:00',
                    last: '19:00',
                    every_minutes: headway.value,
                  });
                  newStops.value = [];
                  placing.value = null;
                }}
              >
                この路線を足す（7～19時）
              </button>
            </>
          )}
        </div>
      )}
      {by.value !== 'walk' && <Lines />}
      {by.value === 'taxi' && <NewZone />}
      {by.value === 'taxi' && (c.transit?.demand.length ?? 0) > 0 && (
        <div class="row">
          <label>
            デマンドタクシー
            <select value={zone.value || c.transit?.demand[0]} onChange={(e) => (zone.value = e.currentTarget.value)}>
              {c.transit?.demand.map((d) => (
                <option key={d} value={d}>
                  {d}
                </option>
              ))}
            </select>
          </label>
          <label>
            走らせる曜日
            <input type="text" value={zoneDays.value} onChange={(e) => (zoneDays.value = e.currentTarget.value)} />
          </label>
          <button
            type="button"
            onClick={() => add({ change: 'set_zone_days', zone: zone.value || c.transit?.demand[0] || '', days: zoneDays.value })}
          >
            曜日を変える
          </button>
        </div>
      )}
      {changes.value.length > 0 && (
        <ul class="changes">
          {changes.value.map((c, i) => (
            <li key={i}>
              {told[i] ?? what[c.change]}{' '}
              <button type="button" onClick={() => (changes.value = changes.value.filter((_, k) => k !== i))}>
                取り消す
              </button>
            </li>
          ))}
        </ul>
      )}
      <Scenarios />
      {result && total && (
        <div role="region" aria-label="もしもの結果" aria-live="polite">
          <table>
            <caption>届く人の変化（いま → もしも）</caption>
            <thead>
              <tr>
                <th scope="col">区域</th>
                {result.after.total.kinds.map((k) => (
                  <th key={k.kind} scope="col">
                    {kindName(k.kind ?? '')}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[total, ...result.rows.slice(0, -1)].slice(0, 31).map((r) => (
                <tr key={r.id} class={r.id === 0 ? 'total' : ''}>
                  <th scope="row">{r.name}</th>
                  {r.kinds.map(([before, after], i) => (
                    <td key={i}>
                      {people(before)} → {people(after)}
                      <br />
                      <strong>
                        {before === null || after === null ? '' : `${after >= before ? '+' : '−'}${people(Math.abs(after - before))}`}
                      </strong>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {result.rows.length === 1 && <p>変わる区域はありません。</p>}
          <button type="button" onClick={() => void guarded(saveWhatIf)}>
            この結果をPDFにする（地図と根拠つき）
          </button>
        </div>
      )}
    </details>
  );
}

/** A new demand-taxi zone: its corners are pressed on the map one after the other. */
function NewZone() {
  const drawing = placing.value === 'zone';
  const finish = () => {
    const ring = [...newStops.value, newStops.value[0]!];
    const days = zoneDays.value;
    add({ change: 'add_zone', name: `新しい区域${changes.value.length + 1}`, area: [[ring]], days, from: '9:00', until: '16:00' });
    newStops.value = [];
    placing.value = null;
  };
  return (
    <div class="row">
      <button
        type="button"
        aria-pressed={drawing}
        onClick={() => {
          newStops.value = [];
          placing.value = drawing ? null : 'zone';
        }}
      >
        {drawing ? `角 ${newStops.value.length}か所（やめる）` : 'デマンドタクシーの新しい区域の角を順に押す'}
      </button>
      {drawing && newStops.value.length > 2 && (
        <>
          <label>
            走る曜日
            <input type="text" value={zoneDays.value} onChange={(e) => (zoneDays.value = e.currentTarget.value)} />
          </label>
          <button type="button" onClick={finish}>
            この区域を足す（9～16時）
          </button>
        </>
      )}
    </div>
  );
}

/** A click on the map while something is being put down. */
export function putDown(at: [number, number]) {
  if (placing.value === 'stop' || placing.value === 'zone') newStops.value = [...newStops.value, at];
  if (placing.value === 'call') {
    addCall(at);
    placing.value = null;
  }
  if (placing.value === 'service') {
    add({ change: 'add_service', kind: newKind.value || kinds.value[0] || '', at });
    placing.value = null;
  }
}
