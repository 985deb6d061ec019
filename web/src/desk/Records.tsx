import { useEffect, useRef, useState } from 'preact/hooks';
import { desk, type Row } from './api';
import { STATUSES } from './labels';
import { Choice } from './Choice';
import type { Board } from './board';
import { attempt, catalog, kindOptions, mayEdit } from './state';

interface Found {
  total: number;
  offset: number;
  rows: Row[];
}
const PAGE = 100;
const ONLY: [string, string][] = [
  ['unlocated', '位置未確定'],
  ['staff', '公開していない'],
  ['home', '個人宅'],
];

/** The table of the desk. */
export function Records() {
  const [q, setQ] = useState('');
  const [kind, setKind] = useState('');
  const [status, setStatus] = useState('');
  const [only, setOnly] = useState('');
  const [offset, setOffset] = useState(0);
  const [found, setFound] = useState<Found>();
  const [map, setMap] = useState(false);
  useEffect(() => {
    const query = new URLSearchParams({ q, limit: String(PAGE), offset: String(offset) });
    if (kind) query.set('kind', kind);
    if (status) query.set('status', status);
    if (only) query.set('only', only);
    let current = true;
    const timer = setTimeout(
      () =>
        void attempt(() => desk<Found>(`records?${query}`)).then((f) => {
          if (f && current) setFound(f);
        }),
      150,
    );
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [q, kind, status, only, offset]);
  const first = (set: (v: string) => void) => (value: string) => {
    set(value);
    setOffset(0);
  };
  return (
    <>
      <h2>記録をさがす</h2>
      <form class="row" role="search" onSubmit={(e) => e.preventDefault()}>
        <label class="wide">
          ことば（名前・よみ・会場・住所・電話）
          <input type="search" value={q} onInput={(e) => first(setQ)(e.currentTarget.value)} />
        </label>
        <Choice label="種別" none="すべて" value={kind} options={kindOptions()} change={first(setKind)} />
        <Choice label="状況" none="すべて" value={status} options={STATUSES} change={first(setStatus)} />
        <Choice label="しぼる" none="すべて" value={only} options={ONLY} change={first(setOnly)} />
        <button type="button" aria-pressed={map} onClick={() => setMap(!map)}>
          {map ? '地図を閉じる' : '地図を並べる'}
        </button>
        {mayEdit() && (
          <a class="button main" href="#/new">
            新しく登録する
          </a>
        )}
      </form>
      <p class="status" role="status">
        {found ? `${found.total.toLocaleString('ja-JP')}件` : 'さがしています…'}
      </p>
      {found && found.total === 0 && <p class="empty">見つかりませんでした。ことばを短くしてみてください。</p>}
      {found && found.rows.length > 0 && (
        <div class={map ? 'beside' : ''}>
          <div class="scroll" tabIndex={0} role="region" aria-label="記録の表">
            <table class="records">
              <thead>
                <tr>
                  {[...(map ? ['番号'] : []), '名前', '種別', '状況', '開催日', '会場・住所', '校区', '位置', '電話', '確認'].map((h) => (
                    <th key={h} scope="col">
                      {h}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {found.rows.map((r, i) => (
                  <tr key={`${r.place}-${r.service ?? 0}`} id={`row-${offset + i + 1}`}>
                    {map && <td>{offset + i + 1}</td>}
                    <th scope="row">
                      <a href={`#/record/${r.place}`}>{r.name ?? r.venue}</a>
                      {r.visibility && r.visibility !== 'public' && <span class="mark">関係者限り</span>}
                    </th>
                    <td>{r.kind_ja}</td>
                    <td>{r.status_ja}</td>
                    <td>{r.schedule}</td>
                    <td>
                      {r.venue !== r.name && r.venue} {r.address}
                    </td>
                    <td>{r.district}</td>
                    <td>{r.located ? r.level_ja : '位置未確定'}</td>
                    <td>{r.phone}</td>
                    <td>{r.verified_on}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {map && <Beside rows={found.rows} offset={offset} />}
        </div>
      )}
      {found && found.total > PAGE && (
        <p class="actions">
          <button type="button" disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - PAGE))}>
            前の{PAGE}件
          </button>
          <button type="button" disabled={offset + PAGE >= found.total} onClick={() => setOffset(offset + PAGE)}>
            次の{PAGE}件
          </button>
          <span>
            {offset + 1}～{Math.min(offset + PAGE, found.total)}
          </span>
        </p>
      )}
    </>
  );
}

/** The map beside the table. */
function Beside({ rows, offset }: { rows: Row[]; offset: number }) {
  const element = useRef<HTMLDivElement>(null);
  const board = useRef<Board | null>(null);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    let gone = false;
    const pressed = (n: number) => {
      const row = document.getElementById(`row-${n}`);
      row?.scrollIntoView({ block: 'center' });
      row?.querySelector('a')?.focus();
    };
    void import('./board').then(({ showBoard }) => {
      if (gone || !element.current) return;
      board.current = showBoard(element.current, catalog.value?.bounds ?? [122, 20, 154, 46], pressed);
      setReady(true);
    });
    return () => {
      gone = true;
      board.current?.remove();
    };
  }, []);
  useEffect(() => {
    const spots = rows.flatMap((r, i) => (r.point ? [{ number: offset + i + 1, name: r.name ?? r.venue, at: r.point }] : []));
    board.current?.show(spots);
  }, [rows, offset, ready]);
  return <div class="board" ref={element} />;
}
