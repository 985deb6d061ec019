import { people, percent } from '../scale';
import { byWalker, coverage, kinds, showWalkers, unit, by } from '../state';

/** How many people each walker's pace brings there: the whole city, and district by district on demand. */
export function Walkers() {
  if (!coverage.value || (unit.value === 'metres' && by.value === 'walk')) return null;
  const answer = byWalker.value;
  const total = answer?.rows[answer.rows.length - 1];
  return (
    <details class="walkers" open={showWalkers.value} onToggle={(e) => (showWalkers.value = e.currentTarget.open)}>
      <summary>歩く人による違い</summary>
      {answer && total ? (
        <div class="scroll" tabIndex={0} role="region" aria-label="歩く人ごとに届く人の表">
          <table>
            <caption>{kinds.value.length > 1 ? '選んだすべての種類に' : ''}届く人</caption>
            <thead>
              <tr>
                <th scope="col">区域</th>
                {total.walkers.map((w) => (
                  <th scope="col" key={w.walker}>
                    {w.ja}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[total, ...answer.rows.slice(0, -1)].map((row) => (
                <tr key={row.name}>
                  <th scope="row">{row.name}</th>
                  {row.walkers.map((w) => (
                    <td key={w.walker}>
                      {people(w.all)}
                      <small>{percent(row.people && w.all !== null ? w.all / row.people : null)}</small>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p>計算しています…</p>
      )}
    </details>
  );
}
