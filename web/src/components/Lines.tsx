import { signal } from '@preact/signals';
import { ask, type Line, type LineStops } from '../api';
import { changes, guarded, line, placing } from '../state';

const lines = signal<Line[] | null>(null);
const after = signal('');
const busy = signal(false);

const key = (l: Line) => JSON.stringify([l.operator, l.id]);

const load = () =>
  guarded(async () => {
    busy.value = true;
    lines.value = (await ask<{ lines: Line[] }>('lines', '/api/lines').finally(() => (busy.value = false))).lines;
  });

const choose = (chosen: string) =>
  guarded(async () => {
    const one = lines.value?.find((l) => key(l) === chosen);
    line.value = null;
    after.value = '';
    if (one) line.value = await ask<LineStops>('line', `/api/lines?${new URLSearchParams({ line: one.id, operator: one.operator })}`);
  });

/** A line with one more stop, after the one chosen. */
export function addCall(at: [number, number]) {
  const l = line.value;
  if (l) changes.value = [...changes.value, { change: 'add_stop', line: l.id, operator: l.operator, after: stopId(l), at }];
}

const stopId = (l: LineStops) => after.value || l.stops[0]?.id || '';

/** Lines that run: without one, without one of its stops, or with one more. */
export function Lines() {
  const chosen = line.value;
  const stop = chosen?.stops.find((s) => s.id === stopId(chosen));
  const operators = [...new Set(lines.value?.map((l) => l.operator))];
  return (
    <details class="lines" onToggle={(e) => e.currentTarget.open && !lines.value && !busy.value && void load()}>
      <summary>いまある路線を変える</summary>
      {busy.value && <p role="status">読み込んでいます…</p>}
      {lines.value?.length === 0 && <p>時刻表のある路線はありません。</p>}
      {lines.value && lines.value.length > 0 && (
        <div class="row">
          <label>
            路線
            <select value={chosen ? key(chosen) : ''} onChange={(e) => void choose(e.currentTarget.value)}>
              <option value="">えらんでください</option>
              {operators.map((o) => (
                <optgroup key={o} label={o}>
                  {lines.value
                    ?.filter((l) => l.operator === o)
                    .map((l) => (
                      <option key={key(l)} value={key(l)}>
                        {l.name || l.id}（{l.vehicle}）
                      </option>
                    ))}
                </optgroup>
              ))}
            </select>
          </label>
          {chosen && (
            <button
              type="button"
              onClick={() => (changes.value = [...changes.value, { change: 'close_line', line: chosen.id, operator: chosen.operator }])}
            >
              この路線がなくなったら
            </button>
          )}
        </div>
      )}
      {chosen && stop && (
        <div class="row">
          <label>
            停留所
            <select value={stop.id} onChange={(e) => (after.value = e.currentTarget.value)}>
              {chosen.stops.map((s) => (
                <option key={s.id} value={s.id}>
                  {s.name}
                </option>
              ))}
            </select>
          </label>
          <button type="button" onClick={() => (changes.value = [...changes.value, { change: 'close_stop', stop: stop.name }])}>
            この停留所がなくなったら
          </button>
          {stop.id !== chosen.stops[chosen.stops.length - 1]?.id && (
            <button
              type="button"
              aria-pressed={placing.value === 'call'}
              onClick={() => (placing.value = placing.value === 'call' ? null : 'call')}
            >
              {placing.value === 'call' ? '地図を押してください（やめる）' : 'この次に、新しい停留所を地図に置く'}
            </button>
          )}
        </div>
      )}
    </details>
  );
}
