import { useState } from 'preact/hooks';
import { desk, type Me } from './api';
import { attempt, me, trouble } from './state';

/** The door of the desk. */
export function SignIn() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
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
      {trouble.value && (
        <p class="trouble" role="alert">
          {trouble.value}
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
