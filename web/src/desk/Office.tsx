import { useEffect, useState } from 'preact/hooks';
import { desk } from './api';
import { attempt, clock, done, mayEdit } from './state';

interface Publication {
  id: number;
  at: string;
  actor: string;
  what: string;
  recipient: string;
  revision: number;
  note: string | null;
}

const WHAT = ['地域資源マップ', '地域資源一覧表', '校区カルテ', '公開用の一式'];

/** Lists to hand out, and to whom they were handed. */
export function Office() {
  const [all, setAll] = useState<Publication[]>([]);
  const [what, setWhat] = useState(WHAT[0]!);
  const [recipient, setRecipient] = useState('');
  const [note, setNote] = useState('');
  const load = async () => {
    const got = await attempt(() => desk<{ publications: Publication[] }>('publications'));
    if (got) setAll(got.publications);
  };
  useEffect(() => void load(), []);
  const send = async (e: Event) => {
    e.preventDefault();
    const json = { what, recipient, ...(note ? { note } : {}) };
    const ok = await attempt(async () => (await desk('publications', { method: 'POST', json }), true));
    if (!ok) return;
    done.value = '記録しました。';
    setRecipient('');
    setNote('');
    await load();
  };
  return (
    <>
      <h2>書き出し</h2>
      <p>公開してよい記録だけが入ります。公開しない項目、個人宅の番地は入りません。</p>
      <ul class="downloads">
        {EXPORTS.map(([format, label]) => (
          <li key={format}>
            <a class="button" href={`/api/export/services.${format}`} download>
              {label}
            </a>
          </li>
        ))}
        <li>
          <a class="button" href="/api/desk/plan.xlsx" download>
            アクションプランの実績と評価（xlsx、関係者用）
          </a>
        </li>
        {mayEdit() && (
          <li>
            <a class="button" href="/api/desk/public.zip" download>
              市のサイトに置く一式（HTML・GeoJSON と、出さなかったものの報告）
            </a>
          </li>
        )}
      </ul>
      <h2>配った資料</h2>
      {mayEdit() && (
        <form class="row" onSubmit={(e) => void send(e)}>
          <label>
            何を
            <input type="text" list="what" required value={what} onInput={(e) => setWhat(e.currentTarget.value)} />
            <datalist id="what">
              {WHAT.map((w) => (
                <option key={w} value={w} />
              ))}
            </datalist>
          </label>
          <label>
            だれに
            <input
              type="text"
              required
              placeholder="例: 花園校区自治協議会長"
              value={recipient}
              onInput={(e) => setRecipient(e.currentTarget.value)}
            />
          </label>
          <label>
            メモ
            <input type="text" value={note} onInput={(e) => setNote(e.currentTarget.value)} />
          </label>
          <button type="submit" class="main">
            記録する
          </button>
        </form>
      )}
      {all.length === 0 && <p class="empty">まだ記録がありません。</p>}
      <ul class="cards">
        {all.map((p) => (
          <li key={p.id}>
            <strong>{p.what}</strong> → {p.recipient}{' '}
            <small>
              {clock(p.at)}・{p.actor}・改訂{p.revision}
              {p.note && `・${p.note}`}
            </small>
          </li>
        ))}
      </ul>
    </>
  );
}

const EXPORTS: [string, string][] = [
  ['xlsx', '一覧表 Excel（校区ごとに印刷できるシート）'],
  ['csv', '一覧表 CSV'],
  ['ods.zip', '自治体標準オープンデータセットの列（CSV の zip）'],
  ['geojson', 'GeoJSON'],
  ['gpkg', 'GeoPackage'],
  ['shp.zip', 'シェープファイル'],
  ['fgb', 'FlatGeobuf'],
  ['hsds.json', 'HSDS 3.1'],
];
