/** The list on a map: the same numbers, and nothing that is not in the list. */

import * as maplibregl from 'maplibre-gl';
import { baseMap } from '../basemap';

const position = (text: string | undefined): [number, number] | null => {
  const [lon, lat] = (text ?? '').split(',').map(Number);
  return lon !== undefined && lat !== undefined && Number.isFinite(lon) && Number.isFinite(lat) && text ? [lon, lat] : null;
};

export function startMap(element: HTMLElement) {
  const japanese = document.documentElement.lang === 'ja';
  const marks = [...document.querySelectorAll<HTMLElement>('[data-number][data-at]')].flatMap((li) => {
    const at = position(li.dataset.at);
    return at ? [{ at, li, number: li.dataset.number ?? '' }] : [];
  });
  const home = position(new URLSearchParams(location.search).get('at') ?? undefined);
  const bounds = new maplibregl.LngLatBounds();
  for (const m of marks) bounds.extend(m.at);
  if (home) bounds.extend(home);
  element.replaceChildren();
  const words = japanese ? '地図。同じものが下の一覧にあります。' : 'Map. The list below has the same.';
  const fitted = bounds.isEmpty() ? {} : { bounds, fitBoundsOptions: { padding: 48, maxZoom: 16 } };
  const map = baseMap(element, japanese ? '地図' : 'Map', words, fitted);
  for (const { at, li, number } of marks) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'mark';
    button.textContent = number;
    const link = li.querySelector('a');
    button.setAttribute('aria-label', `${number} ${link?.textContent ?? ''}`);
    button.addEventListener('click', () => {
      li.scrollIntoView({ block: 'center' });
      link?.focus();
    });
    new maplibregl.Marker({ element: button }).setLngLat(at).addTo(map);
  }
  if (home) {
    const mark = document.createElement('div');
    mark.className = 'mark home';
    mark.textContent = japanese ? '家' : 'H';
    new maplibregl.Marker({ element: mark }).setLngLat(home).addTo(map);
  }
}
