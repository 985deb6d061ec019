import { signal } from '@preact/signals';
import { ask, Problem, type Compared, type Saved } from '../api';
import { people } from '../scale';
import { changes, guarded, kindName, query } from '../state';

const saved = signal<Saved[] | null>(null);
const compared = signal<{ of: string; answer: Compared } | null>(null);
const name = signal('');
const shut = signal(false);
const busy = signal(false);

/** Work with what the office keeps: whoever is not signed in is told where the door is. */
const office = async (work: () => Promise<void>) => {
  busy.value = true;
  await guarded(async () => {
    try {
      await work();
      shut.value = false;
    } catch (error) {
      if (!(error instanceof Problem) || (error.status !== 401 && error.status !== 403)) throw error;
      shut.value = true;
    }
  });
  busy.value = false;
};

const load = async () => {
  saved.value = (await ask<{ scenarios: Saved[] }>('scenarios', '/api/scenarios')).scenarios;
  compared.value = null;
};
const path = (of: string) => `/api/scenarios/${encodeURIComponent(of)}`;

const save = () =>
  office(async () => {
    await ask<null>('scenario', path(name.value.trim()), { changes: changes.value }, 'PUT');
    await load();
  });
const remove = (of: string) =>
  office(async () => {
    await ask<null>('scenario', path(of), undefined, 'DELETE');
    await load();
  });
const compare = () =>
  office(async () => {
    const of = query.value.toString();
    compared.value = { of, answer: await ask<Compared>('compare', `/api/scenarios/compare?${of}`) };
  });

/** Changes kept under a name, and the same question asked of each. */
export function Scenarios() {
  const answer = compared.value?.of === query.value.toString() ? compared.value.answer : null;
  const all = saved.value ?? [];
  return (
    <details class="scenarios" onToggle={(e) => e.currentTarget.open && !saved.value && !busy.value && void office(load)}>
      <summary>案を保存して、くらべる</summary>
      {shut.value && (
        <p class="trouble" role="alert">
          案の保存と比較は、職員のためのものです。<a href="/desk">職員の入口</a>からサインインしてください。
        </p>
      )}
      {saved.value && (
        <>
          {changes.value.length > 0 ? (
            <form
              class="row"
              onSubmit={(e) => {
                e.preventDefault();
                void save();
              }}
            >
              <label>
                案の名前
                <input type="text" required maxLength={80} value={name.value} onInput={(e) => (name.value = e.currentTarget.value)} />
              </label>
              <button type="submit">この案を保存する</button>
            </form>
          ) : (
            <p>いまの画面には、保存する変更がありません。上で何かを足すか、なくすと、案として保存できます。</p>
          )}
          {all.length === 0 && <p>保存した案は、まだありません。</p>}
          {all.length > 0 && (
            <ul>
              {all.map((s) => (
                <li key={s.name}>
                  {s.name}（変更{s.body.changes.length}件・{s.actor}）{' '}
                  <button type="button" aria-label={`「${s.name}」を開く`} onClick={() => (changes.value = s.body.changes)}>
                    開く
                  </button>{' '}
                  <button
                    type="button"
                    aria-label={`「${s.name}」を消す`}
                    onClick={() => confirm(`案「${s.name}」を消しますか。元に戻せません。`) && void remove(s.name)}
                  >
                    消す
                  </button>
                </li>
              ))}
            </ul>
          )}
          {all.length > 0 && (
            <button type="button" disabled={busy.value} onClick={() => void compare()}>
              {busy.value ? '計算しています…' : 'すべての案をくらべる'}
            </button>
          )}
          {answer && <Table answer={answer} />}
        </>
      )}
    </details>
  );
}

function Table({ answer }: { answer: Compared }) {
  const kinds = answer.now.kinds;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="案の比較">
      <table>
        <caption>届く人（いまの問いを、すべての案に）</caption>
        <thead>
          <tr>
            <th scope="col">案</th>
            {kinds.map((k) => (
              <th key={k.kind} scope="col">
                {kindName(k.kind ?? '')}
              </th>
            ))}
            <th scope="col">変わる区域</th>
          </tr>
        </thead>
        <tbody>
          <tr class="total">
            <th scope="row">いま</th>
            {kinds.map((k) => (
              <td key={k.kind}>{people(k.reached)}</td>
            ))}
            <td />
          </tr>
          {answer.scenarios.map((s) => (
            <tr key={s.name}>
              <th scope="row">{s.name}</th>
              {s.error && <td colSpan={kinds.length + 1}>{s.error}</td>}
              {s.total?.kinds.map(([before, after], i) => (
                <td key={i}>
                  {people(after)}
                  <br />
                  <strong>
                    {before === null || after === null ? '' : `${after >= before ? '+' : '−'}${people(Math.abs(after - before))}`}
                  </strong>
                </td>
              ))}
              {!s.error && <td>{s.changed_areas}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {answer.left_out > 0 && <p>ほかに{answer.left_out}案あります（一度にくらべるのは12案までです）。</p>}
    </div>
  );
}
