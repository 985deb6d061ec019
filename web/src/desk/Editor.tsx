import { useEffect, useRef, useState } from 'preact/hooks';
import { desk, Refused, type Entry, type Place, type Service, type Stale, type Understood } from './api';
import { ConflictView } from './Conflict';
import { PlaceFields, ServiceFields } from './Fields';
import { done, go, mayEdit, me, trouble } from './state';

const EMPTY: Place = {
  id: 0,
  key: '',
  name: '',
  kana: null,
  address: null,
  point: null,
  level: 'unlocated',
  facility: null,
  home: false,
  services: [],
};

export const newService = (): Service => ({
  id: 0,
  key: '',
  kind: 'salon',
  name: '',
  status: 'active',
  schedule_text: null,
  fee: null,
  pickup: null,
  booking: null,
  phone: null,
  url: null,
  capacity: null,
  reference: null,
  visibility: 'public',
  serves: null,
  verified_on: null,
  verified: {},
  hidden: [],
  staff: {},
  internal: null,
});

interface Fault {
  path: string;
  ja: string;
}

/** One record: seen, confirmed, corrected, moved, paused, ended. */
export function Editor({ id }: { id: number }) {
  const [entry, setEntry] = useState<Entry>();
  const [place, setPlace] = useState<Place>({ ...EMPTY, services: id === 0 ? [newService()] : [] });
  const [why, setWhy] = useState('');
  const [faults, setFaults] = useState<Fault[]>([]);
  const [stale, setStale] = useState<Stale>();
  const [gone, setGone] = useState('');
  const [busy, setBusy] = useState(false);
  const top = useRef<HTMLHeadingElement>(null);

  const show = (e: Entry) => {
    setEntry(e);
    setPlace(e.place);
    setFaults([]);
    setStale(undefined);
  };
  const ask = async (work: () => Promise<Entry | undefined>, words?: string) => {
    setBusy(true);
    trouble.value = '';
    try {
      const e = await work();
      if (e) show(e);
      setWhy('');
      if (words) done.value = words;
      return e;
    } catch (e) {
      if (!(e instanceof Refused)) trouble.value = 'サーバーにつながりません。書いたものは、この画面に残っています。';
      else if (e.status === 410) setGone(e.message);
      else if (e.status === 412 && e.body['merge']) setStale(e.body as unknown as Stale);
      else {
        setFaults((e.body['faults'] as Fault[] | undefined) ?? []);
        trouble.value = e.message;
        if (e.status === 401) me.value = null;
      }
      top.current?.scrollIntoView();
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => {
    if (id !== 0) void ask(() => desk<Entry>(`records/${id}`));
  }, [id]);

  if (gone)
    return (
      <p class="empty">
        {gone} <a href={`#/record/${id}/history`}>履歴を見る</a>
      </p>
    );
  if (id !== 0 && !entry) return <p class="status">読み込んでいます…</p>;

  const reason = why.trim() ? { why: why.trim() } : {};
  const save = async (e: Event) => {
    e.preventDefault();
    if (id === 0) {
      const made = await ask(() => desk<Entry>('records', { method: 'POST', json: { place, ...reason } }), '登録しました。');
      if (made) go(`/record/${made.place.id}`);
      return;
    }
    await ask(() => desk<Entry>(`records/${id}`, { method: 'PUT', version: entry!.version, json: { place, ...reason } }), '保存しました。');
  };
  const confirm = (service: Service) =>
    void ask(
      () => desk<Entry>(`records/${id}/confirm`, { method: 'POST', version: entry!.version, json: { service: service.id } }),
      `「${service.name}」を確認しました。`,
    );
  const confirmField = (service: Service, field: string) =>
    void ask(
      () =>
        desk<Entry>(`records/${id}/confirm`, { method: 'POST', version: entry!.version, json: { service: service.id, fields: [field] } }),
      '項目を確認しました。',
    );
  const retire = async () => {
    if (!window.confirm('この記録を終了にします。履歴から戻せます。よろしいですか。')) return;
    setBusy(true);
    try {
      await desk(`records/${id}`, { method: 'DELETE', version: entry!.version, json: reason });
      done.value = '記録を終了にしました。';
      go('/records');
    } catch (e) {
      trouble.value = e instanceof Error ? e.message : '終了にできませんでした。';
    } finally {
      setBusy(false);
    }
  };
  const split = async (service: Service) => {
    const name = window.prompt('分けた先の場所の名前を書いてください。', service.name);
    if (!name) return;
    const made = await ask(
      () =>
        desk<Entry>(`records/${id}/split`, {
          method: 'POST',
          version: entry!.version,
          json: { services: [service.id], place: { ...EMPTY, name, address: place.address }, ...reason },
        }),
      '分けました。新しい場所の住所を確かめてください。',
    );
    if (made) go(`/record/${made.place.id}`);
  };
  const changed = JSON.stringify(place) !== JSON.stringify(entry?.place);
  const serviceOf = (s: Service, i: number) => {
    const understood: Understood | undefined = entry?.schedules.find((u) => u.key === s.key && s.id !== 0);
    const saved = entry?.place.services.find((x) => x.id === s.id && s.id !== 0);
    return (
      <ServiceFields
        key={s.id || `new-${i}`}
        service={s}
        at={`services/${i}`}
        faults={faults}
        {...(understood && saved?.schedule_text === s.schedule_text ? { understood } : {})}
        change={(next) => setPlace({ ...place, services: place.services.map((x, k) => (k === i ? next : x)) })}
        remove={() => setPlace({ ...place, services: place.services.filter((_, k) => k !== i) })}
        {...(saved && !changed && mayEdit() ? { confirm: () => confirm(saved), confirmField: (f: string) => confirmField(saved, f) } : {})}
        {...(saved && !changed && mayEdit() && place.services.length > 1 ? { split: () => void split(saved) } : {})}
      />
    );
  };
  return (
    <form class="editor" onSubmit={(e) => void save(e)}>
      <h2 ref={top}>{id === 0 ? '新しく登録する' : place.services[0]?.name || place.name}</h2>
      {entry && (
        <p>
          <small>
            {[entry.district, entry.dataset && `一覧「${entry.dataset}」から${entry.edited ? '（人が直しました）' : ''}`]
              .filter(Boolean)
              .join('・')}{' '}
            <a href={`#/record/${id}/history`}>履歴</a>
          </small>
        </p>
      )}
      {entry && entry.doubts.length > 0 && (
        <section class="doubtbox" aria-label="取り込みで迷ったところ">
          <h3>取り込みで迷ったところ</h3>
          <ul class="doubts">
            {entry.doubts.map((d, i) => (
              <li key={i}>
                {d.field && `${d.field}「${d.value}」: `}
                {d.message}
              </li>
            ))}
          </ul>
          <p>
            <small>直して保存するか、「確認しました」を押すと、仕事の一覧から消えます。</small>
          </p>
        </section>
      )}
      {stale && entry && (
        <ConflictView
          stale={stale}
          keep={(merged) =>
            void ask(
              () => desk<Entry>(`records/${id}`, { method: 'PUT', version: stale.version, json: { place: merged, ...reason } }),
              '両方を合わせて保存しました。',
            )
          }
          drop={() => void ask(() => desk<Entry>(`records/${id}`), '相手の版に戻しました。')}
        />
      )}
      <PlaceFields place={place} change={setPlace} faults={faults} {...(entry ? { entry } : {})} />
      {place.services.map(serviceOf)}
      {mayEdit() && (
        <>
          <p class="actions">
            <button type="button" onClick={() => setPlace({ ...place, services: [...place.services, newService()] })}>
              この場所に、もう一つのサービスを加える
            </button>
          </p>
          <div class="save">
            <label class="wide">
              なぜ直したか（履歴に残ります。書かなくてもかまいません）
              <input type="text" value={why} onInput={(e) => setWhy(e.currentTarget.value)} placeholder="電話で確認、現地で確認 など" />
            </label>
            <button type="submit" class="main" disabled={busy || (id !== 0 && !changed)}>
              {busy ? '保存しています…' : '保存する'}
            </button>
            {id !== 0 && changed && entry && (
              <button type="button" onClick={() => show(entry)}>
                書きかけをやめる
              </button>
            )}
            {id !== 0 && !changed && (
              <button type="button" disabled={busy} onClick={() => void retire()}>
                この記録を終了にする
              </button>
            )}
          </div>
        </>
      )}
    </form>
  );
}
