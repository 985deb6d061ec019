import { useEffect, useState } from 'preact/hooks';
import { desk, type ChangeRow, type RevisionRow } from './api';
import { pathWords, valueWords } from './labels';
import { attempt, clock, done, mayEdit, me } from './state';

interface Undone {
  revision: number | null;
  restored: number;
  kept: string[];
}

async function undo(r: RevisionRow): Promise<Undone | undefined> {
  const why = window.prompt(`改訂${r.id}「${r.summary}」を取り消します。理由があれば書いてください。`, '');
  if (why === null) return undefined;
  const undone = await attempt(() => desk<Undone>(`revisions/${r.id}/undo`, { method: 'POST', json: why ? { why } : {} }));
  if (undone)
    done.value = undone.revision
      ? `改訂${r.id}を取り消しました（記録${undone.restored}件）。${undone.kept.length ? `あとから直された${undone.kept.length}件は、そのままです。` : ''}`
      : `改訂${r.id}には、取り消せる変更が残っていません。`;
  return undone;
}

const mayUndo = (r: RevisionRow) => mayEdit() && (me.value?.role !== 'coordinator' || r.actor === me.value.name);

/** Everything that was done to the register; any of it can be taken back. */
export function Revisions() {
  const [all, setAll] = useState<RevisionRow[]>([]);
  const [kept, setKept] = useState<string[]>([]);
  const [more, setMore] = useState(true);
  const load = async (before: number) => {
    const got = await attempt(() => desk<{ revisions: RevisionRow[] }>(`revisions?before=${before}`));
    if (!got) return;
    setAll((old) => (before === 0 ? got.revisions : [...old, ...got.revisions]));
    setMore(got.revisions.length === 50);
  };
  useEffect(() => void load(0), []);
  const takeBack = async (r: RevisionRow) => {
    const undone = await undo(r);
    if (!undone) return;
    setKept(undone.kept);
    await load(0);
  };
  return (
    <>
      <h2>履歴と取り消し</h2>
      <p>
        取り込みも編集も、一つの「改訂」です。取り消すと、その改訂で変わった記録が前の姿に戻ります。あとから直された記録はそのままです。
      </p>
      {done.value && <p class="good">{done.value}</p>}
      {kept.length > 0 && (
        <details>
          <summary>そのままにした記録（{kept.length}）</summary>
          <ul>
            {kept.map((k) => (
              <li key={k}>{k}</li>
            ))}
          </ul>
        </details>
      )}
      <ul class="cards">
        {all.map((r) => (
          <li key={r.id}>
            <p>
              <strong>{r.summary}</strong> <small>記録 {r.changes}件</small>
            </p>
            <p>
              <small>
                改訂{r.id}・{clock(r.at)}・{r.actor}
                {r.why && `・${r.why}`}
                {r.undoes && `・改訂${r.undoes}の取り消し`}
              </small>
            </p>
            {mayUndo(r) && r.changes > 0 && (
              <p class="actions">
                <button type="button" onClick={() => void takeBack(r)} aria-label={`改訂${r.id}を取り消す`}>
                  取り消す
                </button>
              </p>
            )}
          </li>
        ))}
      </ul>
      {more && all.length > 0 && (
        <button type="button" onClick={() => void load(all[all.length - 1]!.id)}>
          もっと前
        </button>
      )}
    </>
  );
}

/** What happened to one record, field by field. */
export function HistoryOf({ id }: { id: number }) {
  const [got, setGot] = useState<{ name: string; retired: number | null; merged_into: number | null; changes: ChangeRow[] }>();
  const load = async () => {
    const h = await attempt(() => desk<NonNullable<typeof got>>(`records/${id}/history`));
    if (h) setGot(h);
  };
  useEffect(() => void load(), [id]);
  if (!got) return <p class="status">読み込んでいます…</p>;
  return (
    <>
      <h2>「{got.name}」の履歴</h2>
      <p>
        {got.merged_into ? (
          <a href={`#/record/${got.merged_into}`}>統合された先の記録へ</a>
        ) : got.retired ? (
          'この記録は終了しています。'
        ) : (
          <a href={`#/record/${id}`}>記録へ戻る</a>
        )}
      </p>
      <ul class="cards">
        {got.changes.map((c) => (
          <li key={c.revision.id}>
            <p>
              <strong>{c.what}</strong> {clock(c.revision.at)}・{c.revision.actor}
              {c.revision.why && `・「${c.revision.why}」`}
            </p>
            {c.fields.length > 0 && (
              <table>
                <thead>
                  <tr>
                    <th scope="col">項目</th>
                    <th scope="col">前</th>
                    <th scope="col">後</th>
                  </tr>
                </thead>
                <tbody>
                  {c.fields.map((f) => (
                    <tr key={f.path}>
                      <th scope="row">{pathWords(f.path)}</th>
                      <td>{valueWords(f.before)}</td>
                      <td>{valueWords(f.after)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
            <small>
              改訂{c.revision.id} {c.revision.summary}
            </small>
            {mayUndo(c.revision) && (
              <p class="actions">
                <button type="button" onClick={() => void undo(c.revision).then((u) => u && load())}>
                  この改訂を取り消す
                </button>
              </p>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
