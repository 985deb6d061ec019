import { useState } from 'preact/hooks';
import type { Place, Stale } from './api';
import { pathWords, valueWords } from './labels';

/** Two people changed this record: what both changed differently is chosen field by field, the rest is together already. */
export function ConflictView({ stale, keep, drop }: { stale: Stale; keep: (merged: Place) => void; drop: () => void }) {
  const merge = stale.merge;
  const [theirs, setTheirs] = useState<Record<string, boolean>>({});
  if (!merge) return null;
  const chosen = () => {
    const place = structuredClone(merge.merged);
    for (const c of merge.conflicts) if (theirs[c.path]) put(place, c.path, c.theirs);
    return place;
  };
  return (
    <section class="conflict" aria-label="ほかの人の変更" role="alert">
      <h3>ほかの人が先に直しました</h3>
      <p>
        {merge.conflicts.length === 0
          ? '直した項目が違うので、両方を合わせられます。'
          : '同じ項目を、違うように直しています。どちらにするか選んでください。ほかの項目は合わせてあります。'}
      </p>
      {merge.conflicts.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">項目</th>
              <th scope="col">もとは</th>
              <th scope="col">あなた</th>
              <th scope="col">ほかの人</th>
            </tr>
          </thead>
          <tbody>
            {merge.conflicts.map((c) => (
              <tr key={c.path}>
                <th scope="row">{pathWords(c.path)}</th>
                <td>{valueWords(c.base)}</td>
                {([false, true] as const).map((other) => (
                  <td key={String(other)}>
                    <label class="check">
                      <input
                        type="radio"
                        name={c.path}
                        checked={(theirs[c.path] ?? false) === other}
                        onChange={() => setTheirs({ ...theirs, [c.path]: other })}
                      />
                      {valueWords(other ? c.theirs : c.mine)}
                    </label>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p class="actions">
        <button type="button" class="main" onClick={() => keep(chosen())}>
          合わせて保存する
        </button>
        <button type="button" onClick={drop}>
          自分の変更をやめる
        </button>
      </p>
    </section>
  );
}

/** Sets what a path of the API names; services are known by their keys. */
function put(place: Place, path: string, value: unknown) {
  const [head = '', key, ...rest] = path.split('/');
  if (head === 'position' && Array.isArray(value)) {
    place.point = value[0] as Place['point'];
    place.level = value[1] as string;
    return;
  }
  if (head !== 'services' || key === undefined) {
    (place as unknown as Record<string, unknown>)[head] = value;
    return;
  }
  const at = place.services.findIndex((s) => s.key === key);
  if (rest.length === 0) {
    // one side took the service away
    if (value === null && at >= 0) place.services.splice(at, 1);
    else if (value !== null && at < 0) place.services.push(value as Place['services'][number]);
    return;
  }
  let target = place.services[at] as unknown as Record<string, unknown> | undefined;
  for (const part of rest.slice(0, -1)) target = target?.[part] as Record<string, unknown> | undefined;
  const last = rest[rest.length - 1];
  if (target && last !== undefined) target[last] = value;
}
