import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { desk, type Brief, type Queue } from './api';
import { attempt, clock, done, mayEdit } from './state';

/** What waits today, the most important first. */
export function QueuePage({ open }: { open: (place: number) => void }) {
  const [queue, setQueue] = useState<Queue>();
  const load = async () => {
    const q = await attempt(() => desk<Queue>('queue'));
    if (q) setQueue(q);
  };
  useEffect(() => void load(), []);
  if (!queue) return <p class="status">集めています…</p>;
  const after = (work: () => Promise<unknown>, words: string) => async () => {
    const ok = await attempt(async () => (await work(), true));
    if (ok) done.value = words;
    await load();
  };
  const sorts: [string, number][] = [
    ['住民の声', queue.suggestion.total],
    ['取り込みで迷った記録', queue.doubtful.total],
    ['位置未確定', queue.unlocated.total],
    ['同じかもしれない記録', queue.alike.total],
    [`${queue.verify_days}日以上確認していない`, queue.verify.total],
  ];
  return (
    <>
      <h2>今日の仕事</h2>
      <ul class="counts" aria-label="残り">
        {sorts.map(([label, n]) => (
          <li key={label}>
            <a href={`#${label}`} onClick={(e) => (e.preventDefault(), document.getElementById(label)?.scrollIntoView())}>
              {label} <strong>{n.toLocaleString('ja-JP')}</strong>
            </a>
          </li>
        ))}
      </ul>
      {sorts.every(([, n]) => n === 0) && <p class="empty">いま、することはありません。登録簿は{queue.records}か所です。</p>}
      {queue.from_others > 0 && (
        <p>
          <small>
            国や事業者の一覧から来た{queue.from_others.toLocaleString('ja-JP')}
            か所は、一覧を取り込み直すと新しくなるので、確認の順番には入れていません。
          </small>
        </p>
      )}
      <Freshness fresh={queue.fresh} days={queue.verify_days} />
      <Sort label="住民の声" total={queue.suggestion.total} shown={queue.suggestion.tasks.length}>
        {queue.suggestion.tasks.map((t) => (
          <li key={t.suggestion.id}>
            <p>
              「{t.suggestion.text}」<small>{clock(t.suggestion.at)}</small>
            </p>
            {t.suggestion.contact && <p>返事の先: {t.suggestion.contact}（関係者限り）</p>}
            {t.record && <BriefLine record={t.record} open={open} />}
            {mayEdit() && (
              <p class="actions">
                <button
                  type="button"
                  onClick={() =>
                    void after(
                      () => desk(`suggestions/${t.suggestion.id}`, { method: 'POST', json: { taken: true } }),
                      '声を受け付けました。',
                    )()
                  }
                >
                  対応した
                </button>
                <button
                  type="button"
                  onClick={() =>
                    void after(
                      () => desk(`suggestions/${t.suggestion.id}`, { method: 'POST', json: { taken: false } }),
                      '声を見送りました。',
                    )()
                  }
                >
                  見送る
                </button>
              </p>
            )}
          </li>
        ))}
      </Sort>
      <Sort label="取り込みで迷った記録" total={queue.doubtful.total} shown={queue.doubtful.tasks.length}>
        {queue.doubtful.tasks.map((t) => (
          <li key={t.record.place}>
            <BriefLine record={t.record} open={open} />
            <ul class="doubts">
              {t.doubts.map((d, i) => (
                <li key={i}>
                  {d.field && `${d.field}「${d.value}」: `}
                  {d.message}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </Sort>
      <Sort label="位置未確定" total={queue.unlocated.total} shown={queue.unlocated.tasks.length}>
        {queue.unlocated.tasks.map((t) => (
          <li key={t.record.place}>
            <BriefLine record={t.record} open={open} />
            <p>
              <small>位置: {t.level_ja}。徒歩の答えに入っていません。</small>
            </p>
          </li>
        ))}
      </Sort>
      <Sort label="同じかもしれない記録" total={queue.alike.total} shown={queue.alike.tasks.length}>
        {queue.alike.tasks.map((t) => (
          <li key={t.records.map((r) => r.place).join('-')}>
            <p>
              {t.why}
              {t.metres !== null && `（${t.metres}m）`}
            </p>
            {t.records.map((r) => (
              <BriefLine key={r.place} record={r} open={open} />
            ))}
            {mayEdit() && (
              <p class="actions">
                <a class="button" href={`#/merge/${t.records[0].place}/${t.records[1].place}`}>
                  並べて見る
                </a>
                <button
                  type="button"
                  onClick={() =>
                    void after(
                      () => desk(`records/${t.records[0].place}/apart/${t.records[1].place}`, { method: 'POST' }),
                      '別の記録としました。もう尋ねません。',
                    )()
                  }
                >
                  別のもの
                </button>
              </p>
            )}
          </li>
        ))}
      </Sort>
      <Sort label={`${queue.verify_days}日以上確認していない`} total={queue.verify.total} shown={queue.verify.tasks.length}>
        {queue.verify.tasks.map((t) => (
          <li key={t.service}>
            <BriefLine record={t.record} open={open} only={t.service} />
            <p>
              <small>
                {t.verified_on ? `最後の確認 ${t.verified_on}` : '確認の記録なし'}
                {t.people !== null && `・500m以内に${queue.people_ja ?? ''} 約${t.people.toLocaleString('ja-JP')}人`}
              </small>
            </p>
            {mayEdit() && (
              <p class="actions">
                <button
                  type="button"
                  class="main"
                  onClick={() =>
                    void after(
                      () =>
                        desk(`records/${t.record.place}/confirm`, {
                          method: 'POST',
                          version: t.record.version,
                          json: { service: t.service },
                        }),
                      `「${t.record.name}」を確認しました。`,
                    )()
                  }
                >
                  確認しました
                </button>
              </p>
            )}
          </li>
        ))}
      </Sort>
    </>
  );
}

/** How fresh the records are, by district. */
function Freshness({ fresh, days }: { fresh: Queue['fresh']; days: number }) {
  if (fresh.rows.length === 0) return null;
  const sum = fresh.rows.reduce((a, r) => ({ active: a.active + r.active, fresh: a.fresh + r.fresh }), { active: 0, fresh: 0 });
  const share = (r: { active: number; fresh: number }) => `${((r.fresh / r.active) * 100).toFixed(1)}%`;
  return (
    <details>
      <summary>
        {days}日以内に確認した割合 {share(sum)}（{fresh.area_type_ja}ごとに見る）
      </summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{fresh.area_type_ja}</th>
            <th scope="col">活動中</th>
            <th scope="col">確認ずみ</th>
            <th scope="col">割合</th>
          </tr>
        </thead>
        <tbody>
          {fresh.rows.map((r) => (
            <tr key={r.name}>
              <th scope="row">{r.name}</th>
              <td>{r.active}</td>
              <td>{r.fresh}</td>
              <td>{share(r)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Sort({ label, total, shown, children }: { label: string; total: number; shown: number; children: ComponentChildren }) {
  if (total === 0) return null;
  return (
    <section aria-label={label} id={label} class="sort">
      <h3>
        {label} <small>{total.toLocaleString('ja-JP')}件</small>
      </h3>
      <ul class="cards">{children}</ul>
      {total > shown && <p>大事なものから{shown}件を出しています。済むと次が出ます。</p>}
    </section>
  );
}

/** A record in a line or two, with the way to it. */
function BriefLine({ record, open, only }: { record: Brief; open: (place: number) => void; only?: number }) {
  const services = only === undefined ? record.services : record.services.filter((s) => s.id === only);
  return (
    <div class="brief">
      <button type="button" class="link" onClick={() => open(record.place)}>
        {services.map((s) => s.name).join('、') || record.name}
      </button>
      <small>
        {services.map((s) => s.kind_ja).join('・')} {record.name} {record.address} {record.district && `（${record.district}）`}
        {services[0]?.phone && (
          <>
            {' '}
            <a href={`tel:${services[0].phone.replace(/[^0-9+]/g, '')}`}>電話 {services[0].phone}</a>
          </>
        )}
      </small>
    </div>
  );
}
