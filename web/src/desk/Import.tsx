import { useRef, useState } from 'preact/hooks';
import { desk, type FileReport, type ImportAnswer } from './api';
import { Choice } from './Choice';
import { attempt, done, kindOptions, me, trouble } from './state';

/** A list from the office's computer: read, compared, then taken. */
export function Import() {
  const [file, setFile] = useState<File>();
  const [answer, setAnswer] = useState<ImportAnswer>();
  const [columns, setColumns] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState('');
  const running = useRef(0);

  const send = async (chosen: File, said: Record<string, string>, commit: boolean) => {
    const most = me.value?.limits.upload ?? 0;
    if (chosen.size > most) {
      trouble.value = `ファイルが大きすぎます（${Math.floor(most / 1048576)}MBまで）。サーバーで kayoi import を使ってください。`;
      return;
    }
    const turn = ++running.current;
    setBusy(commit ? '取り込んでいます…' : '読んで、登録簿と比べています…');
    const query = new URLSearchParams({ name: chosen.name });
    if (commit) query.set('commit', 'true');
    if (commit && answer?.revision !== undefined) query.set('revision', String(answer.revision));
    if (Object.keys(said).length) query.set('columns', JSON.stringify(said));
    const got = await attempt(() => desk<ImportAnswer>(`imports?${query}`, { method: 'POST', file: chosen }));
    if (turn !== running.current) return;
    setBusy('');
    if (got) setAnswer(got);
    if (got?.committed) done.value = '取り込みました。';
  };
  const choose = (chosen: File | undefined) => {
    if (!chosen) return;
    setFile(chosen);
    setColumns({});
    setAnswer(undefined);
    void send(chosen, {}, false);
  };
  const say = (heading: string, field: string) => setColumns({ ...columns, [heading]: field });

  return (
    <>
      <h2>一覧表を取り込む</h2>
      <p>
        Excel（xlsx・xls）、OpenDocument、CSV を、そのまま選んでください。登録簿が変わるのは、結果を見て「取り込む」を押したときだけです。
      </p>
      <label
        class="drop"
        onDragOver={(e) => e.preventDefault()}
        onDrop={(e) => {
          e.preventDefault();
          choose(e.dataTransfer?.files[0]);
        }}
      >
        {file ? `${file.name}（選び直すには、ここを押す）` : 'ファイルを選ぶ（ここに落としてもかまいません）'}
        <input
          type="file"
          accept=".xlsx,.xls,.ods,.csv,.tsv,.txt,.zip,.geojson,.json"
          onChange={(e) => choose(e.currentTarget.files?.[0])}
        />
      </label>
      <p class="status" role="status">
        {busy}
      </p>
      {answer?.headings && answer.headings.length > 0 && file && (
        <Explain headings={answer.headings} fields={answer.fields} said={columns} say={say} again={() => void send(file, columns, false)} />
      )}
      {answer?.reports.map((r, i) => (
        <Report
          key={i}
          report={r}
          addresses={answer.addresses[i] ?? null}
          fields={answer.fields}
          committed={answer.committed}
          said={columns}
          say={say}
        />
      ))}
      {answer && !answer.committed && file && answer.reports.some((r) => !r.refused) && (
        <p class="actions">
          {Object.keys(columns).length > 0 && (
            <button type="button" disabled={busy !== ''} onClick={() => void send(file, columns, false)}>
              列を直して、もう一度比べる
            </button>
          )}
          <button type="button" class="main" disabled={busy !== ''} onClick={() => void send(file, columns, true)}>
            取り込む
          </button>
        </p>
      )}
      {answer?.committed && (
        <p class="good">
          取り込みました。
          {answer.located && `住所から位置が分かったもの ${answer.located.house + answer.located.block}件。`}
          <a href="#/queue">迷った記録を見る</a>・<a href="#/revisions">取り消すには履歴へ</a>
        </p>
      )}
    </>
  );
}

interface Saying {
  fields: [string, string][];
  said: Record<string, string>;
  say: (heading: string, field: string) => void;
}

function FieldChoice({ heading, guess, fields, said, say }: Saying & { heading: string; guess: string }) {
  return (
    <select aria-label={`列「${heading}」の意味`} value={said[heading] ?? guess} onChange={(e) => say(heading, e.currentTarget.value)}>
      <option value="">（そのまま取っておく・非公開）</option>
      {fields.map(([code, ja]) => (
        <option key={code} value={code}>
          {ja}
        </option>
      ))}
    </select>
  );
}

/** Headings nobody knows: the office says what they mean, once for every year. */
function Explain({ headings, fields, said, say, again }: Saying & { headings: string[]; again: () => void }) {
  return (
    <section aria-label="列の意味">
      <h3>列の意味を教えてください</h3>
      <p>一度教えると、来年の同じ見出しの一覧表では覚えています。「名称」になる列は必ず選んでください。</p>
      <div class="grid">
        {headings
          .filter((h) => h)
          .map((h) => (
            <label key={h}>
              {h}
              <FieldChoice heading={h} guess="" fields={fields} said={said} say={say} />
            </label>
          ))}
        <Choice
          label="すべての行の種別（種別の列がないとき）"
          none="名前から判断する"
          value={said['*kind'] ?? ''}
          options={kindOptions()}
          change={(v) => say('*kind', v)}
        />
      </div>
      <p class="actions">
        <button type="button" class="main" onClick={again}>
          この意味で読む
        </button>
      </p>
    </section>
  );
}

interface ReportProps extends Saying {
  report: FileReport;
  addresses: ImportAnswer['addresses'][number];
  committed: boolean;
}

/** What was read of one sheet, row by row, and what it changes. */
function Report({ report: r, addresses, committed, ...saying }: ReportProps) {
  if (r.refused)
    return (
      <p class="trouble" role="alert">
        {r.refused.replace(/^\[[^\]]*\] /, '')}
      </p>
    );
  const o = r.outcome;
  const doubtful = r.findings.filter((f) => f.severity !== 'note');
  return (
    <section class="report" aria-label={r.dataset?.title ?? r.file}>
      <h3>{r.dataset?.title}</h3>
      {o && (
        <ul class="counts">
          <li>
            {committed ? '加えた' : '新しい'} <strong>{o.added}</strong>
          </li>
          <li>
            {committed ? '直した' : '変わる'} <strong>{o.updated}</strong>
          </li>
          <li>
            {committed ? '終了にした' : 'なくなる'} <strong>{o.gone.length}</strong>
          </li>
          <li>
            変わらない <strong>{o.unchanged}</strong>
          </li>
          <li>
            迷った行 <strong>{doubtful.length}</strong>
          </li>
          {o.conflicts > 0 && (
            <li>
              人が直した項目と違う <strong>{o.conflicts}</strong>
            </li>
          )}
        </ul>
      )}
      {addresses && !committed && (
        <p>
          住所から: 番地・街区まで分かる {addresses.house + addresses.block}、町まで {addresses.town}、候補が複数{' '}
          {addresses.ambiguous.length}
          、分からない {addresses.unknown.length}
        </p>
      )}
      {o &&
        (
          [
            ['新しいもの', o.new],
            ['変わるもの', o.changed],
            ['なくなるもの', o.gone],
          ] as const
        )
          .filter(([, names]) => names.length > 0)
          .map(([label, names]) => (
            <details key={label} open={label === 'なくなるもの'}>
              <summary>
                {label}（{names.length}）
              </summary>
              <p>{names.slice(0, 200).join('、')}</p>
            </details>
          ))}
      {doubtful.length > 0 && (
        <details open>
          <summary>迷った行・取り込まない行（{doubtful.length}）</summary>
          <table>
            <thead>
              <tr>
                <th scope="col">行</th>
                <th scope="col">列と値</th>
                <th scope="col">どうしたか、どうすればよいか</th>
              </tr>
            </thead>
            <tbody>
              {doubtful.map((f, i) => (
                <tr key={i} class={f.severity}>
                  <th scope="row">{f.row || '全体'}</th>
                  <td>
                    {f.column}
                    {f.value && `「${f.value}」`}
                  </td>
                  <td>{f.message}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
      {!committed && r.columns && r.columns.length > 0 && (
        <details>
          <summary>列をどう読んだか（違うときは直せます）</summary>
          <div class="grid">
            {r.columns
              .filter(([h]) => h)
              .map(([h, field]) => (
                <label key={h}>
                  {h}
                  <FieldChoice heading={h} guess={field ?? ''} {...saying} />
                </label>
              ))}
          </div>
        </details>
      )}
    </section>
  );
}
