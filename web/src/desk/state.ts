import { effect, signal } from '@preact/signals';
import type { Catalog } from '../api';
import { desk, Refused, type Me } from './api';

/** Who is signed in; nobody yet known, nobody, somebody. */
export const me = signal<Me | null | undefined>(undefined);
/** Where in the desk: the part of the address after #. */
export const where = signal(location.hash.slice(1) || '/queue');
/** What went wrong last, in words. */
export const trouble = signal('');
/** What was done last, in words: read out by screen readers. */
export const done = signal('');
/** Kinds, area types. */
export const catalog = signal<Catalog | null>(null);

export function go(to: string) {
  trouble.value = '';
  if (location.hash === `#${to}`) where.value = to;
  else location.hash = to;
}

let told = 0;
effect(() => {
  if (done.value) told = performance.now();
});

window.addEventListener('hashchange', () => {
  // what was just done is still worth reading on the next page, what was done before is not
  if (performance.now() - told > 1000) done.value = '';
  where.value = location.hash.slice(1) || '/queue';
  trouble.value = '';
  window.scrollTo(0, 0);
});

/** Does something, and says in words what went wrong. A session that has ended leads back to the door. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  trouble.value = '';
  try {
    return await work();
  } catch (e) {
    if (e instanceof Refused && e.status === 401 && me.value) me.value = null;
    trouble.value = e instanceof Refused ? e.message : 'サーバーにつながりません。通信を確かめて、もう一度お試しください。';
    return undefined;
  }
}

export async function start() {
  try {
    me.value = await desk<Me>('session');
  } catch {
    me.value = null;
  }
  const response = await fetch('/api/catalog');
  if (response.ok) catalog.value = (await response.json()) as Catalog;
}

/** Kinds to choose from. */
export const kindOptions = () => (catalog.value?.kinds ?? []).map((k): [string, string] => [k.code, k.short]);

export const mayEdit = () => me.value !== null && me.value !== undefined && me.value.role !== 'viewer';

/** 2026-11-21T10:20:30Z as a person in Japan reads it. */
export const clock = (at: string) =>
  new Date(at).toLocaleString('ja-JP', { timeZone: 'Asia/Tokyo', dateStyle: 'short', timeStyle: 'short' });
