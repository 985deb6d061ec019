/** The question on screen. Everything in it is in the URL, so a link shows the same answer. */

import { computed, effect, signal } from '@preact/signals';
import {
  ask,
  Problem,
  type ByWalker,
  type Catalog,
  type Change,
  type Coverage,
  type Gaps,
  type Itinerary,
  type LineStops,
  type Nearest,
  type ServiceProperties,
  type WhatIf,
} from './api';

const url = new URL(location.href);
const param = (name: string, fallback: string) => url.searchParams.get(name) ?? fallback;

export const catalog = signal<Catalog | null>(null);
export const kinds = signal<string[]>(param('kind', 'clinic,salon,shop,hub').split(',').filter(Boolean));
export const unit = signal<'minutes' | 'metres'>(url.searchParams.has('metres') ? 'metres' : 'minutes');
export const minutes = signal(Number(param('minutes', '30')) || 30);
export const metres = signal(Number(param('metres', '500')) || 500);
export const walker = signal(param('walker', 'elderly'));
/** The same threshold at every walker's pace, if the table is open. */
export const showWalkers = signal(false);
export const byWalker = signal<ByWalker | null>(null);
export const areaType = signal(param('area_type', ''));
export const year = signal(param('year', ''));
export const group = signal(param('group', 'total'));
/** How people travel: each mode includes the ones before it. */
export const by = signal(param('by', 'walk'));
export const day = signal(param('day', ''));
export const departFrom = signal(param('depart', '').split('-')[0] ?? '');
export const departTo = signal(param('depart', '').split('-')[1] ?? '');
export const stat = signal(param('stat', 'p50'));
export const roundTrip = signal(param('roundtrip', '') === '1');
/** What if: changes to the city, kept in the URL like everything else. */
export const changes = signal<Change[]>(readChanges(param('if', '')));
/** What the next click on the map puts down. */
export const placing = signal<'service' | 'stop' | 'zone' | 'call' | null>(null);
export const newStops = signal<[number, number][]>([]);
/** A line that runs, drawn while it is looked at. */
export const line = signal<LineStops | null>(null);
export const whatIf = signal<WhatIf | null>(null);
export const itinerary = signal<{ to: string; answer: Itinerary } | null>(null);
/** Which share colours the map: a kind code, or `all`. */
export const shown = signal(param('shown', 'all'));
export const showGaps = signal(param('gaps', '') === '1');
export const selected = signal<number | null>(Number(param('area', '')) || null);

export const coverage = signal<Coverage | null>(null);
export const gaps = signal<Gaps | null>(null);
export const services = signal<GeoJSON.FeatureCollection<GeoJSON.Geometry, ServiceProperties> | null>(null);
export const place = signal<[number, number] | null>(null);
export const nearest = signal<Nearest | null>(null);
export const isochrone = signal<GeoJSON.FeatureCollection | null>(null);
export const areas = signal<GeoJSON.FeatureCollection | null>(null);
export const busy = signal(false);
export const trouble = signal<string | null>(null);

export const population = computed(() => {
  const all = catalog.value?.population ?? [];
  return all.find((p) => p.groups.some((g) => g.code === group.value)) ?? all[0] ?? null;
});

/** The question as URL parameters. */
export const query = computed(() => {
  const q = new URLSearchParams({ kind: kinds.value.join(',') });
  // a timetable speaks in minutes
  if (unit.value === 'minutes' || by.value !== 'walk') q.set('minutes', String(minutes.value));
  else q.set('metres', String(metres.value));
  q.set('walker', walker.value);
  if (areaType.value) q.set('area_type', areaType.value);
  if (year.value && population.value?.years.includes(Number(year.value))) q.set('year', year.value);
  q.set('group', group.value);
  if (by.value !== 'walk') {
    q.set('by', by.value);
    if (day.value) q.set('day', day.value);
    if (departFrom.value && departTo.value) q.set('depart', `${departFrom.value}-${departTo.value}`);
    q.set('stat', stat.value);
    if (roundTrip.value) q.set('roundtrip', '1');
  }
  return q;
});

export async function guarded(work: () => Promise<void>) {
  try {
    await work();
    trouble.value = null;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    trouble.value = error instanceof Problem ? error.message : 'サーバーに届きません。通信を確かめて、もう一度お試しください。';
  }
}

/** One at a time, and after it the newest: what is dragged asks faster than it can be answered. */
function newest() {
  let running = false;
  let next: (() => Promise<void>) | null = null;
  return async (work: () => Promise<void>) => {
    next = work;
    if (running) return;
    running = true;
    while (next) {
      const now: () => Promise<void> = next;
      next = null;
      await now();
    }
    running = false;
  };
}

const imagine = newest();

export async function start() {
  await guarded(async () => {
    const c = await ask<Catalog>('catalog', '/api/catalog');
    const known = new Set(c.kinds.filter((k) => k.count > 0).map((k) => k.code));
    const wanted = kinds.value.filter((k) => known.has(k));
    kinds.value = wanted.length ? wanted : [...known].slice(0, 4);
    if (!c.area_types.some((t) => t.code === areaType.value)) areaType.value = c.area_types[0]?.code ?? '';
    catalog.value = c;
  });

  effect(() => {
    const q = new URLSearchParams(query.value);
    if (shown.value !== 'all') q.set('shown', shown.value);
    if (showGaps.value) q.set('gaps', '1');
    if (selected.value) q.set('area', String(selected.value));
    if (changes.value.length) q.set('if', JSON.stringify(changes.value));
    history.replaceState(null, '', `?${q}`);
  });

  effect(() => {
    const [c, q] = [catalog.value, query.value];
    if (!c || kinds.value.length === 0) {
      coverage.value = null;
      return;
    }
    busy.value = true;
    void guarded(async () => {
      coverage.value = await ask<Coverage>('coverage', `/api/coverage?${q}`);
    }).finally(() => (busy.value = false));
  });

  effect(() => {
    const [c, q, list] = [catalog.value, query.value, changes.value];
    if (!c || kinds.value.length === 0 || list.length === 0) {
      whatIf.value = null;
      return;
    }
    void imagine(() =>
      guarded(async () => {
        const answer = ask<WhatIf>('whatif', `/api/whatif?${q}`, { name: 'もしも', changes: list });
        whatIf.value = await answer.catch((why: unknown) => {
          whatIf.value = null;
          throw why;
        });
      }),
    );
  });

  effect(() => {
    const [c, q, open] = [catalog.value, query.value, showWalkers.value];
    byWalker.value = null;
    if (!c || kinds.value.length === 0 || !open) return;
    const oneWay = new URLSearchParams(q);
    oneWay.delete('roundtrip');
    void guarded(async () => {
      byWalker.value = await ask<ByWalker>('walkers', `/api/walkers?${oneWay}`);
    });
  });

  effect(() => {
    const [c, type] = [catalog.value, areaType.value];
    if (!c || !type) return;
    void guarded(async () => {
      areas.value = await ask('areas', `/api/areas?area_type=${type}`);
    });
  });

  effect(() => {
    const [c, q, area, all] = [catalog.value, query.value, selected.value, showGaps.value];
    if (!c || kinds.value.length === 0 || (!area && !all)) {
      gaps.value = null;
      services.value = null;
      return;
    }
    const only = area ? `&area=${area}` : '';
    void guarded(async () => {
      gaps.value = await ask<Gaps>('gaps', `/api/gaps?${q}${only}`);
    });
    if (area) {
      void guarded(async () => {
        services.value = await ask('services', `/api/areas/${area}/services?${q}`);
      });
    }
  });

  effect(() => {
    const [p, q] = [place.value, query.value];
    itinerary.value = null;
    if (!p) {
      nearest.value = null;
      isochrone.value = null;
      return;
    }
    void guarded(async () => {
      nearest.value = await ask<Nearest>('nearest', `/api/nearest?from=${p.join(',')}&${q}`);
    });
    void guarded(async () => {
      isochrone.value = await ask('isochrone', `/api/isochrone?from=${p.join(',')}&${q}`);
    });
  });
}

/** How to get from the chosen place to a service, there and back. */
export function showWay(service: number, name: string) {
  const [p, q] = [place.value, query.value];
  if (!p) return;
  void guarded(async () => {
    const url = `/api/itinerary?from=${p.join(',')}&service=${service}&at=${departFrom.value || '9:00'}&back=12:00&${q}`;
    itinerary.value = { to: name, answer: await ask<Itinerary>('itinerary', url) };
  });
}

/** The people of an area as they would be after the changes on screen. */
export function changedRow(id: number) {
  return whatIf.value?.rows.find((r) => r.id === id);
}

function readChanges(text: string): Change[] {
  try {
    const list: unknown = JSON.parse(text || '[]');
    return Array.isArray(list) ? (list as Change[]) : [];
  } catch {
    return [];
  }
}

/** The share of a row that is shown on the map. */
export function shareOf(row: Coverage['total']) {
  return row.kinds.find((k) => k.kind === shown.value) ?? (row.kinds.length === 1 ? row.kinds[0] : undefined) ?? row.all;
}

export const kindName = (code: string) => catalog.value?.kinds.find((k) => k.code === code)?.short ?? code;
