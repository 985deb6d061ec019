/** What the server answers. Field names are those of the API. */

export interface Kind {
  code: string;
  ja: string;
  short: string;
  en: string;
  group: string;
  walk: boolean;
  count: number;
}
export interface Named {
  code: string;
  ja: string;
}
export interface AreaTypeInfo extends Named {
  count: number;
  approximate: boolean;
}
export interface PopulationInfo {
  title: string;
  years: number[];
  year: number;
  groups: Named[];
}
export interface Rule {
  id: string;
  ja: string;
  minutes?: number;
  metres?: number;
  status: string;
  source: string;
}
export interface Walker {
  id: string;
  ja: string;
  metres_per_minute: number;
  default: boolean;
  status: string;
  source: string;
}

export interface Catalog {
  revision: number;
  bounds: [number, number, number, number];
  kinds: Kind[];
  area_types: AreaTypeInfo[];
  population: PopulationInfo[];
  rules: Rule[];
  walkers: Walker[];
  heights: boolean;
  transit: { day: string; valid: [string, string] | null; window: [string, string]; demand: string[]; operators: string[] } | null;
  datasets: { title: string; attribution: string; vintage: string | null }[];
  invented: boolean;
  has_base: boolean;
}

export interface Basis {
  revision: number;
  rule_text: string;
  speed_text: string;
  distance: 'network' | 'straight';
  metres: number;
  minutes: number;
  population: string | null;
  demand_points: string | null;
  data: { title: string; vintage: string | null; attribution: string }[];
  notes: string[];
  unverified: boolean;
}

export interface Share {
  kind?: string;
  /** Nothing where so few people live that a figure would tell of persons. */
  reached: number | null;
  share: number | null;
  low: number | null;
  high: number | null;
  straight: number | null;
  straight_only: number | null;
  p50_metres: number | null;
  p90_metres: number | null;
  p50_minutes: number | null;
  p90_minutes: number | null;
  taxi?: { in_zone: number; runs: number; bookable: number; leads: number; within: number; seated: number; seats_unknown: number };
}

export interface AreaRow {
  id: number;
  name: string;
  people: number | null;
  unsnapped: number | null;
  cut_off: number | null;
  fewer_than?: number;
  kinds: Share[];
  all: Share;
  any: Share;
}

export interface Coverage {
  rows: AreaRow[];
  total: AreaRow;
  basis: Basis;
}

export interface GapProperties {
  kind: string;
  cell: string;
  area: string;
  people: number | null;
  left_out: number | null;
  fewer_than?: number;
  reason: string;
  reason_ja: string;
  remedy: { what: string; ja: string };
  nearest: string | null;
  nearest_metres: number | null;
  nearest_minutes: number | null;
}

export type Gaps = GeoJSON.FeatureCollection<GeoJSON.Geometry, GapProperties> & { people: number; cells: number; basis: Basis };

export interface NearestProperties {
  kind: string;
  kind_ja: string;
  name: string;
  address: string | null;
  schedule: string | null;
  phone: string | null;
  metres: number;
  minutes: number;
  straight_metres: number;
  within: boolean;
}

export type Nearest = GeoJSON.FeatureCollection<GeoJSON.Geometry, NearestProperties> & {
  here: {
    address: string | null;
    areas: { area_type: string; type_ja: string; id: number; name: string }[];
    cell: { code: string; people: number | null; fewer_than: number } | null;
  };
  none: string[];
};

export interface ServiceProperties {
  kind: string;
  kind_ja: string;
  name: string;
  reached: number | null;
  share: number | null;
  nearest_metres: number;
  inside: boolean;
}

export type Change =
  | { change: 'add_service'; kind: string; at: [number, number]; name?: string; schedule?: string }
  | { change: 'close_service'; service: number }
  | { change: 'close_line'; line: string; operator?: string }
  | { change: 'add_stop'; line: string; operator?: string; after: string; at: [number, number]; name?: string }
  | { change: 'close_stop'; stop: string }
  | { change: 'set_zone_days'; zone: string; days: string }
  | { change: 'add_zone'; name: string; area: [number, number][][][]; days: string; from: string; until: string }
  | { change: 'add_line'; name: string; stops: [number, number][]; first: string; last: string; every_minutes: number };

export interface WhatIf {
  changes: string[];
  rows: { id: number; name: string; people: number | null; kinds: [number | null, number | null][]; all: [number | null, number | null] }[];
  after: Coverage;
  basis: Basis;
}

export interface Way {
  by: 'walk' | 'transit' | 'taxi';
  leave: string;
  arrive: string;
  minutes: number;
  legs: { leave: string; ja: string }[];
  booking?: { service: string; until: string | null; phone: string | null };
}
export interface Itinerary {
  there: { ways: Way[] };
  back?: { ways: Way[] };
}

/** A line of a timetable; its stops only where it is asked for by itself. */
export interface Line {
  operator: string;
  id: string;
  name: string;
  vehicle: string;
}
export interface LineStops extends Line {
  stops: { id: string; name: string; at: [number, number] | null }[];
}

/** Changes somebody saved under a name. */
export interface Saved {
  name: string;
  body: { changes: Change[] };
  at: string;
  actor: string;
}
/** The same question of every saved scenario. */
export interface Compared {
  now: AreaRow;
  scenarios: { name: string; total?: WhatIf['rows'][number]; changed_areas?: number; error?: string }[];
  left_out: number;
}

/** A problem the server explained. */
export class Problem extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Fetches JSON; a newer call with the same key cancels the older one. */
const running = new Map<string, AbortController>();

export async function ask<T>(key: string, url: string, sent?: unknown, method = sent === undefined ? 'GET' : 'POST'): Promise<T> {
  running.get(key)?.abort();
  const controller = new AbortController();
  running.set(key, controller);
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) };
  const response = await fetch(url, { method, signal: controller.signal, ...(sent === undefined ? {} : json) });
  const body: unknown = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Problem((body as { detail?: string }).detail ?? '答えを得られませんでした。', response.status);
  return body as T;
}

/** The same threshold at every walker's pace. */
export interface ByWalker {
  rows: { name: string; people: number | null; walkers: { walker: string; ja: string; kinds: (number | null)[]; all: number | null }[] }[];
}

/** Where an address may be. */
export interface Addresses {
  candidates: { position: [number, number]; level: string; level_ja: string; address: string }[];
}
