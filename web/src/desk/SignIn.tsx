import { useEffect, useState } from 'preact/hooks';
import { desk, type Me } from './api';
import { attempt, me, trouble } from './state';

/** Why nobody came back from the office's identity provider. */
const turnedBack: Record<string, string> = {
  unknown: '庁内の認証はできましたが、その名前の利用者がKayoiにいません。管理の方に頼んでください。',
  again: '庁内の認証を確かめられませんでした。もう一度お試しください。',
  unreachable: '庁内の認証サーバにつながりません。しばらく待つか、パスワードでサインインしてください。',
};

/** The door of the desk. */
export function SignIn() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [openid, setOpenid] = useState(false);
  const back = turnedBack[new URLSearchParams(location.search).get('sign_in') ?? ''];
  useEffect(() => {
    desk<{ openid: boolean }>('doors').then(
      (doors) => setOpenid(doors.openid),
      () => undefined,
    );
  }, []);
  async function send(e: Event) {
    e.preventDefault();
    setBusy(true);
    const who = await attempt(() => desk<Me>('session', { method: 'POST', json: { name, password } }));
    setBusy(false);
    if (who) me.value = who;
  }
  return (
    <main class="door">
      <h1>コーディネーターの机</h1>
      <p>記録を直すには、サインインしてください。</p>
      <p lang="en">Please sign in to keep the register.</p>
      {(trouble.value || back) && (
        <p class="trouble" role="alert">
          {trouble.value || back}
        </p>
      )}
      {openid && (
        <p>
          <a class="button main" href="/api/desk/openid">
            庁内の認証でサインイン
          </a>
        </p>
      )}
      <form onSubmit={(e) => void send(e)}>
        <label>
          名前
          <input type="text" autocomplete="username" required value={name} onInput={(e) => setName(e.currentTarget.value)} />
        </label>
        <label>
          パスワード
          <input
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={(e) => setPassword(e.currentTarget.value)}
          />
        </label>
        <button type="submit" class="main" disabled={busy}>
          {busy ? '確かめています…' : 'サインイン'}
        </button>
      </form>
      <p>
        <small>
          パスワードが分からないときは、管理の方が <code>kayoi user add</code> で新しくできます。
        </small>
      </p>
      <p>
        <a href="/plan">サインインせずに地図と一覧を見る</a>
      </p>
    </main>
  );
}
