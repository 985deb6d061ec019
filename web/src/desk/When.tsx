import { useState } from 'preact/hooks';

const WEEKS: [string, string][] = [
  ['毎週', '毎週'],
  ['1', '第1'],
  ['2', '第2'],
  ['3', '第3'],
  ['4', '第4'],
  ['5', '第5'],
];
const DAYS = ['月', '火', '水', '木', '金', '土', '日'];

/** The words of a choice: 第2・4火曜 10:00〜11:30（祝日除く）. */
export function spoken(weeks: string[], days: string[], from: string, to: string, holidays: boolean): string {
  if (days.length === 0 || weeks.length === 0) return '';
  const named = DAYS.filter((d) => days.includes(d));
  const which = weeks.includes('毎週') ? '毎週' : `第${[...weeks].sort().join('・')}`;
  const hours = from && to ? ` ${from}〜${to}` : from ? ` ${from}〜` : '';
  return `${which}${named.join('・')}曜${hours}${holidays ? '' : '（祝日除く）'}`;
}

/** Days and hours pressed rather than written; what is pressed speaks as lists do. */
export function When({ take }: { take: (words: string) => void }) {
  const [open, setOpen] = useState(false);
  const [weeks, setWeeks] = useState<string[]>(['毎週']);
  const [days, setDays] = useState<string[]>([]);
  const [from, setFrom] = useState('10:00');
  const [to, setTo] = useState('11:30');
  const [holidays, setHolidays] = useState(true);
  const words = spoken(weeks, days, from, to, holidays);
  const flip = (list: string[], one: string) => (list.includes(one) ? list.filter((x) => x !== one) : [...list, one]);
  const week = (code: string) => {
    if (code === '毎週') setWeeks(['毎週']);
    else
      setWeeks(
        flip(
          weeks.filter((w) => w !== '毎週'),
          code,
        ),
      );
  };
  return (
    <div class="when">
      <button type="button" class="small" aria-expanded={open} onClick={() => setOpen(!open)}>
        曜日と時間から選ぶ
      </button>
      {open && (
        <div class="card">
          <div class="row" role="group" aria-label="何週目">
            {WEEKS.map(([code, ja]) => (
              <button key={code} type="button" aria-pressed={weeks.includes(code)} onClick={() => week(code)}>
                {ja}
              </button>
            ))}
          </div>
          <div class="row" role="group" aria-label="曜日">
            {DAYS.map((d) => (
              <button key={d} type="button" aria-pressed={days.includes(d)} onClick={() => setDays(flip(days, d))}>
                {d}
              </button>
            ))}
          </div>
          <div class="row">
            <label>
              はじまり
              <input type="time" step="300" value={from} onInput={(e) => setFrom(e.currentTarget.value)} />
            </label>
            <label>
              おわり
              <input type="time" step="300" value={to} onInput={(e) => setTo(e.currentTarget.value)} />
            </label>
            <label class="check small">
              <input type="checkbox" checked={holidays} onChange={(e) => setHolidays(e.currentTarget.checked)} />
              祝日も開く
            </label>
          </div>
          <p role="status">{words || '曜日を選んでください。'}</p>
          <button
            type="button"
            disabled={!words}
            onClick={() => {
              take(words);
              setOpen(false);
            }}
          >
            この日時にする
          </button>
        </div>
      )}
    </div>
  );
}
