import { signal } from '@preact/signals';
import { ask, type Basis } from '../api';
import { people } from '../scale';
import { by, changes, guarded, kindName, kinds, query } from '../state';

interface Answer {
  chosen: { name: string; at: [number, number]; gain: number }[];
  gain: number;
  bound: number;
  quality: number | null;
  candidates: number;
  basis: Basis;
}

const wanted = signal(1);
const answer = signal<{ of: string; kind: string; got: Answer } | null>(null);
const busy = signal(false);

/** Where the next ones would go: the public rooms of the register from which most people are newly reached. */
export function Siting() {
  const kind = kinds.value[0];
  if (!kind || by.value !== 'walk') return null;
  const run = async () => {
    const of = query.value.toString();
    busy.value = true;
    await guarded(async () => {
      const got = await ask<Answer>('siting', `/api/siting?${of}`, { k: wanted.value, aim: 'cover' });
      answer.value = { of, kind, got };
    });
    busy.value = false;
  };
  const shown = answer.value?.of === query.value.toString() ? answer.value : null;
  return (
    <details class="whatif">
      <summary>次はどこに置けばよいか</summary>
      <p>登録されている公民館などのうち、新しく届く人がいちばん多くなる所を選びます（{kindName(kind)}、いまの問いのまま）。</p>
      <div class="row">
        <label>
          何か所
          <input
            type="number"
            min="1"
            max="10"
            value={wanted.value}
            onChange={(e) => (wanted.value = Math.min(10, Math.max(1, Number(e.currentTarget.value) || 1)))}
          />
        </label>
        <button type="button" disabled={busy.value} onClick={() => void run()}>
          {busy.value ? '計算しています…' : '選ぶ'}
        </button>
      </div>
      {shown && (
        <div role="region" aria-label="置く場所の案" aria-live="polite">
          <ol>
            {shown.got.chosen.map((c) => (
              <li key={c.name + String(c.at)}>
                {c.name}: 新しく届く人 <strong>{people(c.gain)}人</strong>{' '}
                <button
                  type="button"
                  onClick={() => (changes.value = [...changes.value, { change: 'add_service', kind: shown.kind, at: c.at, name: c.name }])}
                >
                  もしもに加える
                </button>
              </li>
            ))}
          </ol>
          <p>
            合わせて{people(shown.got.gain)}人。候補{shown.got.candidates}か所のどの選び方でも{people(shown.got.bound)}
            人より多くはなりません。
          </p>
        </div>
      )}
    </details>
  );
}
