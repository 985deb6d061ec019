import { useState } from 'preact/hooks';
import { desk } from './api';
import { Choice } from './Choice';
import { useDistrict } from './Districts';
import { attempt, done, mayEdit } from './state';

const SHEETS: [string, string, string][] = [
  ['map', '地域資源マップ', 'A3またはA4横。番号つきの地図と一覧'],
  ['karte', '校区カルテ', 'A3横1枚。人口、地図、一覧、足りないもの、書きこみ欄'],
  ['booklet', '一覧の冊子', 'A4。大きな字の一覧'],
  ['calendar', '通いの場カレンダー', 'A4横。1か月の予定'],
];

/** Paper of a district: what the public may see, or what staff may see, which the sheet says. */
export function Paper() {
  const { area, name, choice } = useDistrict();
  const [month, setMonth] = useState(new Date().toISOString().slice(0, 7));
  const [size, setSize] = useState('a3');
  const [staff, setStaff] = useState(false);
  const [given, setGiven] = useState('');
  const [recipient, setRecipient] = useState('');
  const href = (sheet: string) => `/api/${staff ? 'desk/' : ''}areas/${area}/print/${sheet}.pdf?size=${size}&month=${month}`;
  const record = async (e: Event, what: string) => {
    e.preventDefault();
    const json = { what: `${name} ${what}`, recipient };
    const ok = await attempt(async () => (await desk('publications', { method: 'POST', json }), true));
    if (!ok) return;
    done.value = '配った記録に書きました。';
    setGiven('');
    setRecipient('');
  };
  return (
    <>
      <h2>紙にする</h2>
      <div class="row">
        {choice}
        <Choice
          label="地図の大きさ"
          value={size}
          options={[
            ['a3', 'A3'],
            ['a4', 'A4'],
          ]}
          change={setSize}
        />
        <label>
          カレンダーの月
          <input type="month" value={month} onInput={(e) => setMonth(e.currentTarget.value)} />
        </label>
      </div>
      <label class="check">
        <input type="checkbox" checked={staff} onChange={(e) => setStaff(e.currentTarget.checked)} />
        関係者だけの記録も載せる（紙に「関係者限り」と入ります。カレンダーは公開の記録だけです）
      </label>
      {area && (
        <ul class="cards">
          {SHEETS.map(([sheet, title, about]) => (
            <li key={sheet}>
              <h3>
                {name} {title}
              </h3>
              <p>{about}</p>
              <p class="row">
                <a class="button main" href={href(sheet)} target="_blank" rel="noopener">
                  {title}のPDFを開く
                </a>
                {mayEdit() && (
                  <button type="button" aria-expanded={given === sheet} onClick={() => setGiven(given === sheet ? '' : sheet)}>
                    配ったことを記録する
                  </button>
                )}
              </p>
              {given === sheet && (
                <form class="row" onSubmit={(e) => void record(e, title)}>
                  <label>
                    だれに配りましたか
                    <input type="text" required value={recipient} onInput={(e) => setRecipient(e.currentTarget.value)} />
                  </label>
                  <button type="submit">記録する</button>
                </form>
              )}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
