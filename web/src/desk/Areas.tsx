import { useEffect, useState } from 'preact/hooks';
import { desk } from './api';
import { Choice } from './Choice';
import { useDistrict } from './Districts';
import { attempt, clock, done, mayEdit, me } from './state';

interface Note {
  id: number;
  at: string;
  actor: string;
  kind: 'good' | 'bad' | 'finding' | 'raised' | 'answer' | 'rating';
  text: string;
  about: string | null;
  value: string | null;
  parent: number | null;
}
interface Notes {
  notes: Note[];
  levels: { code: string; ja: string }[];
  marks: string[];
  ratings: Suggested[];
}
/** What the numbers suggest for an indicator. */
interface Suggested {
  code: string;
  ja: string;
  rating: string | null;
  with: number;
  all: number;
}

const boss = () => me.value?.role === 'planner' || me.value?.role === 'admin';

/** What people who know a district say of it: strengths, troubles, findings on their way up, ratings. */
export function Areas() {
  const { area, choice } = useDistrict();
  const [said, setSaid] = useState<Notes>();
  const load = async () => {
    const got = await attempt(() => desk<Notes>(`areas/${area}/notes`));
    if (got) setSaid(got);
  };
  useEffect(() => void (area && load()), [area]);
  const add = async (json: Partial<Note>): Promise<boolean> => {
    const ok = await attempt(async () => (await desk(`areas/${area}/notes`, { method: 'POST', json }), true));
    if (ok) {
      done.value = '書きました。';
      await load();
    }
    return ok === true;
  };
  const withdraw = async (note: Note) => {
    const ok = await attempt(async () => (await desk(`notes/${note.id}`, { method: 'DELETE' }), true));
    if (!ok) return;
    done.value = '取り下げました。';
    await load();
  };
  const of = (kind: Note['kind']) => said?.notes.filter((n) => n.kind === kind) ?? [];
  return (
    <>
      <h2>校区のこと</h2>
      <div class="row">{choice}</div>
      <p>ここに書いたことは関係者だけが見ます。強みと課題は、「関係者限り」の校区カルテに載ります。</p>
      {said && (
        <>
          <Lines
            key={`good${area}`}
            title="強み（ええとこ）"
            notes={of('good')}
            add={(text) => add({ kind: 'good', text })}
            withdraw={withdraw}
          />
          <Lines
            key={`bad${area}`}
            title="課題（いかんとこ）"
            notes={of('bad')}
            add={(text) => add({ kind: 'bad', text })}
            withdraw={withdraw}
          />
          <Findings key={`find${area}`} said={said} add={add} withdraw={withdraw} />
          <Ratings key={`rate${area}`} said={said} add={add} />
        </>
      )}
    </>
  );
}

function By({ note, withdraw }: { note: Note; withdraw: (n: Note) => Promise<void> }) {
  return (
    <small>
      {note.actor}・{clock(note.at)}{' '}
      {(boss() || note.actor === me.value?.name) && mayEdit() && (
        <button type="button" class="link" onClick={() => void withdraw(note)} aria-label={`「${note.text.slice(0, 20)}」を取り下げる`}>
          取り下げる
        </button>
      )}
    </small>
  );
}

function Lines(props: { title: string; notes: Note[]; add: (text: string) => Promise<boolean>; withdraw: (n: Note) => Promise<void> }) {
  const [text, setText] = useState('');
  const send = async (e: Event) => {
    e.preventDefault();
    if (await props.add(text)) setText('');
  };
  return (
    <section>
      <h3>{props.title}</h3>
      {props.notes.length === 0 && <p class="empty">まだありません。</p>}
      <ul class="cards">
        {props.notes.map((n) => (
          <li key={n.id}>
            <p>{n.text}</p>
            <By note={n} withdraw={props.withdraw} />
          </li>
        ))}
      </ul>
      {mayEdit() && (
        <form class="row" onSubmit={(e) => void send(e)}>
          <label>
            {props.title}を書く
            <input type="text" required maxLength={1000} value={text} onInput={(e) => setText(e.currentTarget.value)} />
          </label>
          <button type="submit">書く</button>
        </form>
      )}
    </section>
  );
}

function Findings({
  said,
  add,
  withdraw,
}: {
  said: Notes;
  add: (n: Partial<Note>) => Promise<boolean>;
  withdraw: (n: Note) => Promise<void>;
}) {
  const [text, setText] = useState('');
  const [view, setView] = useState('');
  const send = async (e: Event) => {
    e.preventDefault();
    const about = view.includes('/plan') ? view.slice(view.indexOf('/plan')) : view;
    if (await add({ kind: 'finding', text, ...(about ? { about } : {}) })) {
      setText('');
      setView('');
    }
  };
  return (
    <section>
      <h3>気づき（校区から圏域、区、市へ）</h3>
      <ul class="cards">
        {said.notes
          .filter((n) => n.kind === 'finding')
          .map((f) => (
            <Finding key={f.id} finding={f} said={said} add={add} withdraw={withdraw} />
          ))}
      </ul>
      {mayEdit() && (
        <form class="row" onSubmit={(e) => void send(e)}>
          <label>
            気づいたこと
            <input type="text" required maxLength={1000} value={text} onInput={(e) => setText(e.currentTarget.value)} />
          </label>
          <label>
            そのときの画面（地図と分析のアドレス）
            <input type="text" placeholder="/plan?…" value={view} onInput={(e) => setView(e.currentTarget.value)} />
          </label>
          <button type="submit">気づきを書く</button>
        </form>
      )}
    </section>
  );
}

function Finding(props: { finding: Note; said: Notes; add: (n: Partial<Note>) => Promise<boolean>; withdraw: (n: Note) => Promise<void> }) {
  const { finding: f, said, add, withdraw } = props;
  const [reply, setReply] = useState('');
  const thread = said.notes.filter((n) => n.parent === f.id);
  const raised = thread.filter((n) => n.kind === 'raised').length;
  const next = said.levels[raised];
  const level = (code: string | null) => said.levels.find((l) => l.code === code)?.ja ?? '';
  const answer = async (e: Event) => {
    e.preventDefault();
    if (await add({ kind: 'answer', text: reply, parent: f.id })) setReply('');
  };
  return (
    <li>
      <p>{f.text}</p>
      {f.about && (
        <p>
          <a href={f.about}>そのときの画面を見る</a>
        </p>
      )}
      <By note={f} withdraw={withdraw} />
      <ol>
        {thread.map((n) => (
          <li key={n.id}>
            {n.kind === 'raised' ? `${level(n.value)}に上げました。${n.text}` : `答え: ${n.text}`} <By note={n} withdraw={withdraw} />
          </li>
        ))}
      </ol>
      <div class="row">
        {mayEdit() && next && (
          <button type="button" onClick={() => void add({ kind: 'raised', text: '', parent: f.id })}>
            {next.ja}に上げる
          </button>
        )}
        {boss() && (
          <form class="row" onSubmit={(e) => void answer(e)}>
            <label>
              答え
              <input type="text" required maxLength={1000} value={reply} onInput={(e) => setReply(e.currentTarget.value)} />
            </label>
            <button type="submit">答える</button>
          </form>
        )}
      </div>
    </li>
  );
}

/** Indicators whose mark the numbers suggest, and the officer's own beside it, with why. */
function Ratings({ said, add }: { said: Notes; add: (n: Partial<Note>) => Promise<boolean> }) {
  const mine = (code: string) => said.notes.filter((n) => n.kind === 'rating' && n.about === code).at(-1);
  return (
    <section>
      <h3>指標の評価</h3>
      {said.ratings.length === 0 && <p class="empty">この区域で評価の案が出る指標はありません。</p>}
      <ul class="cards">
        {said.ratings.map((i) => (
          <Rating key={i.code} indicator={i} mine={mine(i.code)} marks={said.marks} add={add} />
        ))}
      </ul>
    </section>
  );
}

function Rating(props: { indicator: Suggested; mine: Note | undefined; marks: string[]; add: (n: Partial<Note>) => Promise<boolean> }) {
  const { indicator: i, mine, marks, add } = props;
  const [mark, setMark] = useState(mine?.value ?? i.rating ?? marks[0] ?? '');
  const [why, setWhy] = useState('');
  const send = async (e: Event) => {
    e.preventDefault();
    if (await add({ kind: 'rating', about: i.code, value: mark, text: why })) setWhy('');
  };
  return (
    <li>
      <p>
        {i.ja}: 数からの案 <strong>{i.rating ?? '該当なし'}</strong>（{i.with}/{i.all}）
      </p>
      {mine && (
        <p>
          担当者の評価 <strong>{mine.value}</strong> {mine.text}{' '}
          <small>
            {mine.actor}・{clock(mine.at)}
          </small>
        </p>
      )}
      {boss() && (
        <form class="row" onSubmit={(e) => void send(e)}>
          <Choice label="評価" value={mark} options={marks.map((m): [string, string] => [m, m])} change={setMark} />
          <label>
            そう評価する理由
            <input type="text" required maxLength={1000} value={why} onInput={(e) => setWhy(e.currentTarget.value)} />
          </label>
          <button type="submit">評価を残す</button>
        </form>
      )}
    </li>
  );
}
