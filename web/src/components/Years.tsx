import { signal } from '@preact/signals';
import { ask, type Coverage } from '../api';
import { people, percent } from '../scale';
import { catalog, guarded, query, shareOf } from '../state';

const rows = signal<{ of: string; all: { year: number; answer: Coverage }[] } | null>(null);
const busy = signal(false);

/** The same question for the people of every year there are figures of. */
export function Years() {
  const set =
    catalog.value?.population.find((p) => p.groups.some((g) => g.code === query.value.get('group'))) ?? catalog.value?.population[0];
  if (!set || set.years.length < 2) return null;
  const of = new URLSearchParams(query.value);
  of.delete('year');
  const key = of.toString();
  const run = async () => {
    busy.value = true;
    await guarded(async () => {
      const all: { year: number; answer: Coverage }[] = [];
      for (const year of set.years) all.push({ year, answer: await ask<Coverage>('years', `/api/coverage?${key}&year=${year}`) });
      rows.value = { of: key, all };
    });
    busy.value = false;
  };
  const shown = rows.value?.of === key ? rows.value.all : null;
  return (
    <details class="walkers" onToggle={(e) => e.currentTarget.open && !shown && !busy.value && void run()}>
      <summary>年による違い</summary>
      {busy.value && <p role="status">計算しています…</p>}
      {shown && (
        <div class="scroll" tabIndex={0} role="region" aria-label="年ごとの表">
          <table>
            <caption>サービスと道路はいまのまま、人口の年だけを変えた答え</caption>
            <thead>
              <tr>
                <th scope="col">年</th>
                <th scope="col">人口</th>
                <th scope="col">届かない人</th>
                <th scope="col">届く割合</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ year, answer: { total } }) => {
                const { reached, share } = shareOf(total);
                return (
                  <tr key={year}>
                    <th scope="row">{year}</th>
                    <td>{people(total.people)}</td>
                    <td>{people(total.people === null || reached === null ? null : total.people - reached)}</td>
                    <td>{percent(share)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
