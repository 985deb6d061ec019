import { useEffect, useState } from 'preact/hooks';
import { desk } from './api';
import { Choice } from './Choice';
import { attempt, clock, done, me } from './state';

interface AccountRow {
  name: string;
  role: string;
  role_ja: string;
  areas: number[];
  disabled: boolean;
  locked_until: string | null;
}

const ROLES: [string, string][] = [
  ['viewer', '閲覧'],
  ['coordinator', '担当区域の編集'],
  ['planner', '計画・全域の編集'],
  ['admin', '管理'],
];

/** One's own password; for administrators the others and the log. */
export function People() {
  return (
    <>
      <OwnPassword />
      {me.value?.role === 'admin' && <Accounts />}
    </>
  );
}

function OwnPassword() {
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const send = async (e: Event) => {
    e.preventDefault();
    const ok = await attempt(async () => (await desk('password', { method: 'PUT', json: { old, new: fresh } }), true));
    if (!ok) return;
    done.value = 'パスワードを替えました。新しいパスワードでサインインしてください。';
    me.value = null;
  };
  return (
    <form class="row" onSubmit={(e) => void send(e)}>
      <h2>自分のパスワード</h2>
      <label>
        いまのパスワード
        <input type="password" autocomplete="current-password" required value={old} onInput={(e) => setOld(e.currentTarget.value)} />
      </label>
      <label>
        新しいパスワード
        <input type="password" autocomplete="new-password" required value={fresh} onInput={(e) => setFresh(e.currentTarget.value)} />
      </label>
      <button type="submit">替える</button>
    </form>
  );
}

interface AreaRow {
  id: number;
  name: string;
}

function Accounts() {
  const [all, setAll] = useState<AccountRow[]>([]);
  const [lines, setLines] = useState<{ at: string; actor: string; action: string; detail: string }[]>([]);
  const [areas, setAreas] = useState<AreaRow[]>([]);
  const [name, setName] = useState('');
  const [role, setRole] = useState('coordinator');
  const [password, setPassword] = useState('');
  const [kept, setKept] = useState<number[]>([]);
  const load = async () => {
    const [accounts, audit] = [
      await attempt(() => desk<{ accounts: AccountRow[] }>('accounts')),
      await attempt(() => desk<{ lines: typeof lines }>('audit')),
    ];
    if (accounts) setAll(accounts.accounts);
    if (audit) setLines(audit.lines);
  };
  useEffect(() => {
    void load();
    void fetch('/api/areas?area_type=elementary_district')
      .then((r) => r.json())
      .then((c: { features?: { id: number; properties: { name: string } }[] }) =>
        setAreas((c.features ?? []).map((f) => ({ id: f.id, name: f.properties.name }))),
      )
      .catch(() => undefined);
  }, []);
  const send = async (e: Event) => {
    e.preventDefault();
    const json = { role, areas: role === 'coordinator' ? kept : [], ...(password ? { password } : {}) };
    const ok = await attempt(async () => (await desk(`accounts/${encodeURIComponent(name)}`, { method: 'PUT', json }), true));
    if (!ok) return;
    done.value = `「${name}」を保存しました。`;
    setName('');
    setPassword('');
    setKept([]);
    await load();
  };
  const disable = async (a: AccountRow) => {
    if (!window.confirm(`「${a.name}」を使えなくします。よろしいですか。`)) return;
    await attempt(() => desk(`accounts/${encodeURIComponent(a.name)}`, { method: 'DELETE' }));
    await load();
  };
  const areaName = (id: number) => areas.find((a) => a.id === id)?.name ?? String(id);
  return (
    <>
      <h2>つかう人</h2>
      <ul class="cards">
        {all.map((a) => (
          <li key={a.name}>
            <strong>{a.name}</strong> {a.role_ja}
            {a.areas.length > 0 && `・${a.areas.map(areaName).join('、')}`}
            {a.disabled && '・使えません'}
            {a.locked_until && `・${clock(a.locked_until)}まで止まっています`}
            <p class="actions">
              <button
                type="button"
                onClick={() => {
                  setName(a.name);
                  setRole(a.role);
                  setKept(a.areas);
                }}
              >
                直す
              </button>
              {a.name !== me.value?.name && !a.disabled && (
                <button type="button" onClick={() => void disable(a)}>
                  使えなくする
                </button>
              )}
            </p>
          </li>
        ))}
      </ul>
      <form class="row" onSubmit={(e) => void send(e)}>
        <label>
          名前
          <input type="text" required value={name} autocomplete="off" onInput={(e) => setName(e.currentTarget.value)} />
        </label>
        <Choice label="権限" value={role} options={ROLES} change={setRole} />
        <label>
          パスワード（新しい人には必ず。空なら替えません）
          <input type="password" autocomplete="new-password" value={password} onInput={(e) => setPassword(e.currentTarget.value)} />
        </label>
        {role === 'coordinator' && areas.length > 0 && (
          <label class="wide">
            担当の校区（いくつでも。選ばなければ全域）
            <select multiple size={6} onChange={(e) => setKept([...e.currentTarget.selectedOptions].map((o) => Number(o.value)))}>
              {areas.map((a) => (
                <option key={a.id} value={a.id} selected={kept.includes(a.id)}>
                  {a.name}
                </option>
              ))}
            </select>
          </label>
        )}
        <button type="submit" class="main">
          保存する
        </button>
      </form>
      <details>
        <summary>出入りの記録（新しい順に{lines.length}件）</summary>
        <ul class="plain">
          {lines.map((l, i) => (
            <li key={i}>
              {clock(l.at)} {l.actor} {ACTIONS[l.action] ?? l.action} {l.detail}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

const ACTIONS: Record<string, string> = {
  signed_in: 'サインイン',
  signed_out: 'サインアウト',
  sign_in_refused: 'サインインできず',
  locked: '一時停止',
  account_put: '利用者を保存',
  account_disabled: '利用を停止',
  password_changed: 'パスワードを変更',
};
