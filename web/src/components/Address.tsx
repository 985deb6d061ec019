import { signal } from '@preact/signals';
import { ask, Problem, type Addresses } from '../api';
import { place } from '../state';

const typed = signal('');
const found = signal<Addresses['candidates'] | null>(null);
const message = signal('');

async function search(event: Event) {
  event.preventDefault();
  found.value = null;
  message.value = '';
  if (!typed.value.trim()) return;
  try {
    const { candidates } = await ask<Addresses>('address', '/api/address', { address: typed.value });
    const [only] = candidates;
    if (candidates.length === 1 && only) choose(only);
    else if (candidates.length) found.value = candidates;
    else message.value = '見つかりませんでした。市区町村の名前から書いてみてください。例: 西区花園5丁目8-3';
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    message.value = error instanceof Problem ? error.message : 'サーバーに届きません。もう一度お試しください。';
  }
}

function choose(c: Addresses['candidates'][number]) {
  place.value = c.position;
  found.value = null;
  const exact = c.level === 'house' || c.level === 'block';
  message.value = exact ? `${c.address}（${c.level_ja}）` : `${c.address}（${c.level_ja}しか分かりません。町の中ほどを示しています）`;
}

/** A place by its address. It is sent in the body of a request: no address stands in the page's address or a log. */
export function Address() {
  return (
    <form class="address" role="search" onSubmit={(e) => void search(e)}>
      <label>
        住所で場所をえらぶ
        <input
          type="search"
          autocomplete="street-address"
          maxLength={200}
          placeholder="例: 西区花園5丁目8-3"
          value={typed.value}
          onInput={(e) => (typed.value = e.currentTarget.value)}
        />
      </label>
      <button type="submit">さがす</button>
      <div role="status" aria-live="polite">
        {message.value}
        {found.value && (
          <>
            <p>どの場所ですか。</p>
            <ul>
              {found.value.map((c) => (
                <li key={c.address}>
                  <button type="button" onClick={() => choose(c)}>
                    {c.address}（{c.level_ja}）
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </form>
  );
}
