import { useEffect, useState } from 'preact/hooks';
import { useDistrict } from './Districts';
import { attempt } from './state';

interface Meeting {
  id: number;
  name: string;
  venue: string | null;
  from: string | null;
  to: string | null;
}
interface MonthAnswer {
  area: string;
  month: string;
  days: { date: string; weekday: number; weekday_ja: string; holiday: string | null; meetings: Meeting[] }[];
  unclear: { id: number; name: string; schedule: string | null; why: string }[];
}

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(url);
  return (await response.json()) as T;
}

/** What meets in a district this month, as a calendar to look at and to print; the feed for a telephone beside it. */
export function Month() {
  const { area, choice } = useDistrict();
  const [month, setMonth] = useState(new Date().toISOString().slice(0, 7));
  const [answer, setAnswer] = useState<MonthAnswer>();
  useEffect(() => {
    if (area && /^\d{4}-\d{2}$/.test(month))
      void attempt(async () => setAnswer(await get<MonthAnswer>(`/api/areas/${area}/month?month=${month}`)));
  }, [area, month]);
  return (
    <>
      <h2>月のカレンダー</h2>
      <div class="row">
        {choice}
        <label>
          月
          <input type="month" value={month} onInput={(e) => setMonth(e.currentTarget.value)} />
        </label>
        {area && (
          <a class="button" href={`/api/areas/${area}/calendar.ics`} download>
            カレンダーのファイル（iCalendar）
          </a>
        )}
      </div>
      {answer && <Grid answer={answer} />}
      {answer && answer.unclear.length > 0 && (
        <>
          <h3>開催日が分からないもの</h3>
          <ul>
            {answer.unclear.map((u) => (
              <li key={u.id}>
                {u.name}
                {u.schedule && `「${u.schedule}」`}: {u.why}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

const HEADS = ['月', '火', '水', '木', '金', '土', '日'];

function Grid({ answer }: { answer: MonthAnswer }) {
  const blank = answer.days[0]?.weekday ?? 0;
  const cells: (MonthAnswer['days'][number] | null)[] = [...Array<null>(blank).fill(null), ...answer.days];
  const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, w) => cells.slice(w * 7, w * 7 + 7));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`${answer.area}の${answer.month}`}>
      <table class="month">
        <caption>
          {answer.area} {answer.month.replace('-', '年')}月
        </caption>
        <thead>
          <tr>
            {HEADS.map((h) => (
              <th key={h} scope="col">
                {h}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week, w) => (
            <tr key={w}>
              {week.map((day, i) => (
                <td key={i} class={day?.holiday ? 'holiday' : ''}>
                  {day && (
                    <>
                      <strong>
                        {Number(day.date.slice(8))}
                        {day.holiday && <small>（{day.holiday}）</small>}
                      </strong>
                      <ul>
                        {day.meetings.map((m) => (
                          <li key={`${m.id}-${m.from ?? ''}`}>
                            {m.from} {m.name}
                          </li>
                        ))}
                      </ul>
                    </>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
