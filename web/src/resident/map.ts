/** The list on a map: the same numbers, and nothing that is not in the list. */

import * as maplibregl from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';

maplibregl.setWorkerUrl(workerUrl);

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
  const map = new maplibregl.Map({
    container: element,
    style: '/style.json',
    ...(bounds.isEmpty() ? {} : { bounds, fitBoundsOptions: { padding: 48, maxZoom: 16 } }),
    maxZoom: 19,
    attributionControl: { compact: true },
    fadeDuration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 200,
    locale: japanese
      ? {
          'NavigationControl.ZoomIn': '大きくする',
          'NavigationControl.ZoomOut': '小さくする',
          'AttributionControl.ToggleAttribution': '出典を表示',
          'Map.Title': '地図',
        }
      : {},
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'top-right');
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
