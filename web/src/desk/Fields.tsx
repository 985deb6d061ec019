import { useEffect, useRef, useState } from 'preact/hooks';
import type { Entry, Place, Service, Understood } from './api';
import { FIELDS, STATUSES, VISIBILITIES } from './labels';
import type { Pin } from './pin';
import { Choice } from './Choice';
import { catalog, kindOptions, mayEdit, me } from './state';
import { When } from './When';

interface Fault {
  path: string;
  ja: string;
}

function Trouble({ faults, path }: { faults: Fault[]; path: string }) {
  const found = faults.filter((f) => f.path === path);
  return found.length ? (
    <span class="fault" id={`fault-${path}`}>
      {found.map((f) => f.ja).join(' ')}
    </span>
  ) : null;
}

interface TextProps {
  label: string;
  path: string;
  value: string | null;
  change: (value: string | null) => void;
  faults: Fault[];
  hint?: string;
  /** Keyboard of a phone. */
  keys?: 'tel' | 'url';
}

/** One text field with its label, hint and fault. */
export function Text({ label, path, value, change, faults, hint, keys }: TextProps) {
  const wrong = faults.some((f) => f.path === path);
  const described = [hint ? `hint-${path}` : '', wrong ? `fault-${path}` : ''].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label>
        {label}
        <input
          type="text"
          inputMode={keys ?? 'text'}
          value={value ?? ''}
          disabled={!mayEdit()}
          aria-invalid={wrong}
          {...(described ? { 'aria-describedby': described } : {})}
          onInput={(e) => change(e.currentTarget.value || null)}
        />
      </label>
      {hint && <small id={`hint-${path}`}>{hint}</small>}
      <Trouble faults={faults} path={path} />
    </div>
  );
}

/** Where it is. */
export function PlaceFields({
  place,
  change,
  faults,
  entry,
}: {
  place: Place;
  change: (p: Place) => void;
  faults: Fault[];
  entry?: Entry;
}) {
  const point = place.point;
  const setPoint = (p: [number, number] | null) =>
    change({ ...place, point: p ? { lon: p[0], lat: p[1] } : null, level: p ? 'surveyed' : 'unlocated' });
  return (
    <fieldset>
      <legend>場所</legend>
      <div class="grid">
        <Text
          label="場所の名前（会場）"
          path="name"
          value={place.name}
          change={(v) => change({ ...place, name: v ?? '' })}
          faults={faults}
        />
        <Text label="よみがな" path="kana" value={place.kana} change={(v) => change({ ...place, kana: v })} faults={faults} />
        <Text
          label="住所"
          path="address"
          value={place.address}
          change={(v) => change({ ...place, address: v })}
          faults={faults}
          hint={entry?.located_by_address ? '保存すると、この住所から位置をさがします。' : ''}
        />
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={place.home}
          disabled={!mayEdit()}
          onChange={(e) => change({ ...place, home: e.currentTarget.checked })}
        />
        個人宅（公開の地図には、おおよその区画だけを出します）
      </label>
      {entry && entry.candidates.length > 0 && (
        <div class="candidates">
          <p>住所の候補（選ぶと、その位置になります）</p>
          <ul>
            {entry.candidates.map((c) => (
              <li key={c.address}>
                <button type="button" disabled={!mayEdit()} onClick={() => setPoint(c.point)}>
                  {c.address}（{c.level_ja}）
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
      <PinMap point={point ? [point.lon, point.lat] : null} change={setPoint} />
      <Trouble faults={faults} path="point" />
    </fieldset>
  );
}

const words = (point: [number, number] | null) => (point ? point.map((v) => Number(v.toFixed(7))).join(', ') : '');

/** The pin and its numbers. */
function PinMap({ point, change }: { point: [number, number] | null; change: (p: [number, number] | null) => void }) {
  const [shown, setShown] = useState(false);
  const [text, setText] = useState(words(point));
  const element = useRef<HTMLDivElement>(null);
  const pin = useRef<Pin | null>(null);
  const latest = useRef(change);
  latest.current = change;
  useEffect(() => {
    setText(words(point));
    if (point) pin.current?.move(point);
  }, [point?.[0], point?.[1]]);
  useEffect(() => {
    if (!shown || !element.current) return;
    let current = true;
    const container = element.current;
    void import('./pin').then(({ showPin }) => {
      const bounds = catalog.value?.bounds ?? [122, 20, 154, 46];
      if (current) pin.current = showPin(container, bounds, point, (p) => latest.current(p));
    });
    return () => {
      current = false;
      pin.current?.remove();
      pin.current = null;
    };
  }, [shown]);
  const read = () => {
    const parts = text.split(/[,、\s]+/).map(Number);
    const [lon, lat] = parts;
    if (text.trim() === '') change(null);
    else if (lon !== undefined && lat !== undefined && Number.isFinite(lon) && Number.isFinite(lat)) change([lon, lat]);
  };
  return (
    <div class="pin">
      <div class="row">
        <label>
          位置（経度, 緯度）
          <input type="text" value={text} disabled={!mayEdit()} onInput={(e) => setText(e.currentTarget.value)} onBlur={read} />
        </label>
        {mayEdit() && (
          <button type="button" aria-expanded={shown} onClick={() => setShown(!shown)}>
            {shown ? '地図を閉じる' : '地図でピンを動かす'}
          </button>
        )}
      </div>
      {shown && <div class="pinmap" ref={element} />}
    </div>
  );
}

interface ServiceProps {
  service: Service;
  at: string;
  faults: Fault[];
  understood?: Understood;
  change: (s: Service) => void;
  remove: () => void;
  confirm?: () => void;
  confirmField?: (field: string) => void;
  split?: () => void;
}

const TEXTS: [keyof Service & string, string, ('tel' | 'url')?][] = [
  ['schedule_text', '例: 第2・4火曜 10時〜11時半（祝日休み）'],
  ['fee', '例: 100円、無料'],
  ['pickup', '有・無・要相談'],
  ['booking', '例: 要予約（前日まで）'],
  ['phone', '例: 096-356-1212', 'tel'],
  ['url', '例: https://…', 'url'],
  ['serves', '例: 花園5丁目第1町内'],
];

/** What is offered: the eight fields of the phone form first. */
export function ServiceFields({ service: s, at, faults, understood, change, remove, confirm, confirmField, split }: ServiceProps) {
  const set = <K extends keyof Service>(field: K, value: Service[K]) => change({ ...s, [field]: value });
  const hide = (field: string, hidden: boolean) => set('hidden', hidden ? [...s.hidden, field] : s.hidden.filter((f) => f !== field));
  return (
    <fieldset class="service">
      <legend>サービス: {s.name || '（新しい）'}</legend>
      {confirm && (
        <p class="actions">
          <button type="button" class="main" onClick={confirm}>
            確認しました
          </button>
          <span>{s.verified_on ? `最後の確認 ${s.verified_on}` : '確認の記録なし'}</span>
        </p>
      )}
      <div class="grid">
        <Text label="サービスの名前" path={`${at}/name`} value={s.name} change={(v) => set('name', v ?? '')} faults={faults} />
        <Choice label="種別" value={s.kind} options={kindOptions()} change={(v) => set('kind', v)} disabled={!mayEdit()} />
        <Choice label="状況" value={s.status} options={STATUSES} change={(v) => set('status', v)} disabled={!mayEdit()} />
        {TEXTS.map(([field, hint, keys]) => (
          <div key={field} class="withhide">
            <Text
              label={FIELDS[field] ?? field}
              path={`${at}/${field}`}
              value={s[field] as string | null}
              change={(v) => set(field, v as never)}
              faults={faults}
              hint={field === 'schedule_text' && understood ? reading(understood) : hint}
              {...(keys ? { keys } : {})}
            />
            <div class="fieldtools">
              {field === 'schedule_text' && mayEdit() && <When take={(words) => set('schedule_text', words)} />}
              <label class="check small">
                <input
                  type="checkbox"
                  checked={s.hidden.includes(field)}
                  disabled={!mayEdit()}
                  onChange={(e) => hide(field, e.currentTarget.checked)}
                />
                公開しない
              </label>
              {confirmField && s[field] && (
                <button
                  type="button"
                  class="small"
                  onClick={() => confirmField(field)}
                  aria-label={`${confirmWords(s, field)}（${FIELDS[field]}）`}
                >
                  {confirmWords(s, field)}
                </button>
              )}
            </div>
          </div>
        ))}
        <label>
          定員
          <input
            type="number"
            min="0"
            value={s.capacity ?? ''}
            disabled={!mayEdit()}
            onInput={(e) => set('capacity', Number(e.currentTarget.value) || null)}
          />
        </label>
        <Choice label="公開の範囲" value={s.visibility} options={VISIBILITIES} change={(v) => set('visibility', v)} disabled={!mayEdit()} />
      </div>
      <details>
        <summary>連携シート（関係者限り）</summary>
        <div class="grid">
          {me.value?.staff_fields.map((f) => (
            <Text
              key={f.code}
              label={f.ja}
              path={`${at}/${f.code}`}
              value={s.staff[f.code] ?? null}
              change={(v) => {
                const staff = { ...s.staff };
                if (v) staff[f.code] = v;
                else delete staff[f.code];
                set('staff', staff);
              }}
              faults={faults}
            />
          ))}
        </div>
        {s.internal && <Columns text={s.internal} />}
      </details>
      {mayEdit() && (
        <p class="actions">
          {split && (
            <button type="button" onClick={split}>
              別の場所に分ける
            </button>
          )}
          <button type="button" onClick={remove}>
            このサービスを外す
          </button>
        </p>
      )}
    </fieldset>
  );
}

const confirmWords = (s: Service, field: string) => (s.verified[field] ? `確認 ${s.verified[field]}` : 'この項目を確認');

const reading = (u: Understood) => {
  if (!u.said) return '開催日の記載がありません。';
  if (u.unclear) return `読み取れません: ${u.unclear}`;
  return `読み取り: 次は ${u.next?.join('、') || '2か月以内になし'}`;
};

/** Columns of the list we have no field for. */
function Columns({ text }: { text: string }) {
  let columns: [string, unknown][] = [];
  try {
    columns = Object.entries(JSON.parse(text) as Record<string, unknown>);
  } catch {
    return <p>{text}</p>;
  }
  return (
    <dl class="columns">
      {columns.map(([heading, value]) => (
        <div key={heading}>
          <dt>{heading}</dt>
          <dd>{String(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
