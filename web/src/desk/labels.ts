import { catalog } from './state';

/** What fields are called. */
export const FIELDS: Record<string, string> = {
  name: '名前',
  kana: 'よみがな',
  address: '住所',
  point: '位置',
  position: '位置',
  level: '位置の確かさ',
  home: '個人宅',
  facility: '施設の種類',
  kind: '種別',
  status: '状況',
  schedule_text: '開催日・時間',
  fee: '参加費',
  pickup: '送迎',
  booking: '予約・申込',
  phone: '電話番号',
  url: 'ホームページ',
  capacity: '定員',
  serves: '対象の町内',
  visibility: '公開の範囲',
  verified_on: '最終確認日',
  verified: '項目ごとの確認',
  hidden: '公開しない項目',
  staff: '連携シート',
  internal: 'その他の列',
  services: 'サービス',
};

export const STATUSES: [string, string][] = [
  ['active', '活動中'],
  ['paused', '休止'],
  ['ended', '終了'],
  ['planned', '予定'],
];

export const VISIBILITIES: [string, string][] = [
  ['public', 'だれでも'],
  ['staff', '関係者だけ'],
  ['internal', '内部だけ'],
];

const VALUES = new Map([...STATUSES, ...VISIBILITIES]);
const kind = (code: string) => catalog.value?.kinds.find((k) => k.code === code)?.short;

/** A path of the API in words: services/KEY/fee → 参加費. */
export function pathWords(path: string): string {
  const parts = path.split('/');
  const last = parts[parts.length - 1] ?? path;
  const known = parts.map((p) => FIELDS[p]).filter((p) => p !== undefined && p !== 'サービス');
  return known[known.length - 1] ?? FIELDS[last] ?? last;
}

/** A value in words. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return '（なし）';
  if (typeof value === 'string') return VALUES.get(value) ?? kind(value) ?? value;
  if (typeof value === 'boolean') return value ? 'はい' : 'いいえ';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.length ? value.map(valueWords).join('、') : '（なし）';
  const o = value as Record<string, unknown>;
  if (typeof o['lon'] === 'number' && typeof o['lat'] === 'number') return `${o['lon'].toFixed(5)}, ${o['lat'].toFixed(5)}`;
  if (typeof o['name'] === 'string') return o['name'];
  const pairs = Object.entries(o).map(([k, v]) => `${FIELDS[k] ?? k}: ${valueWords(v)}`);
  return pairs.join('、') || '（なし）';
}
