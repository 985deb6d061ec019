/** What the desk sends and gets. Field names are those of the API. */

export interface Me {
  name: string;
  role: 'viewer' | 'coordinator' | 'planner' | 'admin';
  role_ja: string;
  areas: { id: number; name: string | null }[];
  staff_fields: { code: string; ja: string; en: string }[];
  limits: { name: number; field: number; upload: number };
}

export type FieldCode = 'schedule_text' | 'fee' | 'pickup' | 'booking' | 'phone' | 'url' | 'capacity' | 'serves';

export interface Service {
  id: number;
  key: string;
  kind: string;
  name: string;
  status: string;
  schedule_text: string | null;
  fee: string | null;
  pickup: string | null;
  booking: string | null;
  phone: string | null;
  url: string | null;
  capacity: number | null;
  reference: string | null;
  visibility: string;
  serves: string | null;
  verified_on: string | null;
  verified: Record<string, string>;
  hidden: string[];
  staff: Record<string, string>;
  internal: string | null;
}

export interface Place {
  id: number;
  key: string;
  name: string;
  kana: string | null;
  address: string | null;
  point: { lon: number; lat: number } | null;
  level: string;
  facility: string | null;
  home: boolean;
  services: Service[];
}

export interface Understood {
  key: string;
  said: boolean;
  unclear?: string;
  hours?: string;
  next?: string[];
}

export interface Entry {
  version: number;
  dataset: string | null;
  edited: boolean;
  listed: Place | null;
  located_by_address: boolean;
  district: string | null;
  schedules: Understood[];
  candidates: { point: [number, number]; address: string; level: string; level_ja: string }[];
  doubts: Doubt[];
  place: Place;
}

/** Something an import was not sure of. */
export interface Doubt {
  code: string;
  field: string;
  value: string;
  message: string;
}

export interface Conflict {
  path: string;
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

/** Two people changed one record: both, and what they make together. */
export interface Stale {
  version: number;
  merge?: { base: Place; mine: Place; theirs: Place; merged: Place; conflicts: Conflict[] };
}

export interface Row {
  place: number;
  version: number;
  venue: string;
  address: string | null;
  level_ja: string;
  located: boolean;
  point: [number, number] | null;
  home: boolean;
  district: string | null;
  service?: number;
  name?: string;
  kind_ja?: string;
  status?: string;
  status_ja?: string;
  schedule?: string | null;
  phone?: string | null;
  verified_on?: string | null;
  visibility?: string;
}

export interface Brief {
  place: number;
  version: number;
  name: string;
  address: string | null;
  district: string | null;
  services: { id: number; name: string; kind_ja: string; status_ja: string; schedule: string | null; phone: string | null }[];
}

export interface Tasks<T> {
  total: number;
  tasks: T[];
}

export interface SuggestionRow {
  id: number;
  at: string;
  text: string;
  contact: string | null;
  state: string;
  decided_by: string | null;
  reply: string | null;
}

export interface Queue {
  revision: number;
  records: number;
  /** Of them, kept by others: renewed by taking their list again. */
  from_others: number;
  people_ja: string | null;
  verify_days: number;
  fresh: { area_type_ja: string; rows: { name: string; active: number; fresh: number }[] };
  suggestion: Tasks<{ suggestion: SuggestionRow; record: Brief | null }>;
  doubtful: Tasks<{ record: Brief; doubts: Doubt[] }>;
  unlocated: Tasks<{ record: Brief; level_ja: string }>;
  alike: Tasks<{ records: [Brief, Brief]; why: string; metres: number | null }>;
  verify: Tasks<{ record: Brief; service: number; verified_on: string | null; people: number | null }>;
}

export interface RevisionRow {
  id: number;
  at: string;
  actor: string;
  summary: string;
  why: string | null;
  undoes: number | null;
  changes: number;
}

export interface ChangeRow {
  revision: RevisionRow;
  what: string;
  fields: { path: string; before: unknown; after: unknown }[];
}

export interface FileReport {
  file: string;
  dataset: { title: string } | null;
  taken: number;
  left: number;
  unlocated: number;
  columns?: [string, string | null][];
  findings: { severity: string; row: number; column: string; value: string; code: string; message: string }[];
  refused: string | null;
  outcome: {
    added: number;
    updated: number;
    unchanged: number;
    conflicts: number;
    new: string[];
    changed: string[];
    gone: string[];
    revision: number | null;
  } | null;
}

export interface ImportAnswer {
  committed: boolean;
  revision?: number;
  revisions?: number[];
  reports: FileReport[];
  addresses: (Located | null)[];
  fields: [string, string][];
  headings?: string[];
  located?: Located | null;
}

/** What addresses led to: names and addresses where nobody can be sure. */
export interface Located {
  house: number;
  block: number;
  town: number;
  ambiguous: [string, string, string[]][];
  unknown: [string, string][];
}

/** A refusal the server explained. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: Record<string, unknown>,
  ) {
    super(typeof body['detail'] === 'string' ? body['detail'] : '答えを得られませんでした。');
  }
}

interface Sending {
  method?: string;
  json?: unknown;
  file?: Blob;
  /** The version of the record that was seen. */
  version?: number;
}

/** Asks the desk; throws [`Refused`] with what the server said. */
export async function desk<T>(path: string, sending: Sending = {}): Promise<T> {
  const headers: Record<string, string> = {};
  if (sending.json !== undefined) headers['content-type'] = 'application/json';
  if (sending.version !== undefined) headers['if-match'] = `"${sending.version}"`;
  const body = sending.file ?? (sending.json === undefined ? undefined : JSON.stringify(sending.json));
  const response = await fetch(`/api/desk/${path}`, { method: sending.method ?? 'GET', headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  const answer: unknown = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : {};
  if (!response.ok) throw new Refused(response.status, answer as Record<string, unknown>);
  return answer as T;
}
