import { useEffect, useState } from 'preact/hooks';
import { desk, type Entry, type Place, type Service } from './api';
import { FIELDS, valueWords } from './labels';
import { attempt, done, go, mayEdit } from './state';

const PLACE: (keyof Place)[] = ['name', 'kana', 'address', 'point', 'home'];
const SERVICE: (keyof Service)[] = [
  'name',
  'kind',
  'status',
  'schedule_text',
  'fee',
  'pickup',
  'booking',
  'phone',
  'url',
  'capacity',
  'serves',
  'verified_on',
  'visibility',
];

/** Two records side by side: what is taken of which, and they are one. */
export function Merge({ first, second }: { first: number; second: number }) {
  const [pair, setPair] = useState<[Entry, Entry]>();
  const [taken, setTaken] = useState<Record<string, 0 | 1>>({});
  const [sameService, setSameService] = useState(true);
  useEffect(() => {
    void attempt(async () => {
      const both = await Promise.all([desk<Entry>(`records/${first}`), desk<Entry>(`records/${second}`)]);
      setPair(both);
      // what one of them does not say is taken of the other
      const [a, b] = both;
      const fill: Record<string, 0 | 1> = {};
      for (const f of PLACE) if (!a.place[f] && b.place[f]) fill[f] = 1;
      const [s, t] = [a.place.services[0], b.place.services[0]];
      if (s && t) for (const f of SERVICE) if (!s[f] && t[f]) fill[`service/${f}`] = 1;
      setTaken(fill);
    });
  }, [first, second]);
  if (!pair) return <p class="status">読み込んでいます…</p>;
  const [a, b] = pair;
  const [s, t] = [a.place.services[0], b.place.services[0]];
  const one = a.place.services.length === 1 && b.place.services.length === 1;
  const merged = (): Place => {
    const place = structuredClone(a.place);
    for (const f of PLACE) if (taken[f] === 1) (place as unknown as Record<string, unknown>)[f] = b.place[f];
    if (taken['point'] === 1) place.level = b.place.level;
    if (one && sameService && s && t) {
      const service = structuredClone(s);
      for (const f of SERVICE) if (taken[`service/${f}`] === 1) (service as unknown as Record<string, unknown>)[f] = t[f];
      place.services = [service];
    } else {
      const keys = new Set(place.services.map((x) => x.key));
      place.services = [...place.services, ...b.place.services.map((x) => (keys.has(x.key) ? { ...x, key: `${x.key}-${b.place.id}` } : x))];
    }
    return place;
  };
  const save = async () => {
    const json = { gone: second, gone_version: b.version, place: merged() };
    const made = await attempt(() => desk<Entry>(`records/${first}/merge`, { method: 'POST', version: a.version, json }));
    if (!made) return;
    done.value = '一つにしました。履歴から戻せます。';
    go(`/record/${first}`);
  };
  const line = (label: string, path: string, x: unknown, y: unknown) => {
    const same = JSON.stringify(x) === JSON.stringify(y);
    return (
      <tr key={path}>
        <th scope="row">{label}</th>
        {([x, y] as const).map((v, i) => (
          <td key={i} class={same ? 'same' : ''}>
            {same ? (
              valueWords(v)
            ) : (
              <label class="check">
                <input
                  type="radio"
                  name={path}
                  checked={(taken[path] ?? 0) === i}
                  onChange={() => setTaken({ ...taken, [path]: i === 0 ? 0 : 1 })}
                />
                {valueWords(v)}
              </label>
            )}
          </td>
        ))}
      </tr>
    );
  };
  return (
    <>
      <h2>並べて見る</h2>
      <p>同じものなら、残す値を選んで一つにします。違うものなら、前の画面で「別のもの」を押してください。</p>
      <div class="scroll" tabIndex={0} role="region" aria-label="二つの記録">
        <table class="merge">
          <thead>
            <tr>
              <th scope="col">項目</th>
              <th scope="col">
                <a href={`#/record/${first}`}>記録{first}</a>（残る番号）
              </th>
              <th scope="col">
                <a href={`#/record/${second}`}>記録{second}</a>
              </th>
            </tr>
          </thead>
          <tbody>
            {PLACE.map((f) => line(f === 'name' ? '場所の名前' : (FIELDS[f] ?? f), f, a.place[f], b.place[f]))}
            {one && sameService && s && t && SERVICE.map((f) => line(FIELDS[f] ?? f, `service/${f}`, s[f], t[f]))}
            {(!one || !sameService) &&
              line(
                'サービス',
                'all',
                a.place.services.map((x) => x.name),
                b.place.services.map((x) => x.name),
              )}
          </tbody>
        </table>
      </div>
      {one && (
        <label class="check">
          <input type="checkbox" checked={!sameService} onChange={(e) => setSameService(!e.currentTarget.checked)} />
          場所は同じでも、サービスは別（両方を残す）
        </label>
      )}
      {mayEdit() && (
        <p class="actions">
          <button type="button" class="main" onClick={() => void save()}>
            一つにする
          </button>
          <a class="button" href="#/queue">
            やめる
          </a>
        </p>
      )}
    </>
  );
}
