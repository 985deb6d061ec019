/** The offline base map in an element: what every map of the pages begins with. */

import * as maplibregl from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';

maplibregl.setWorkerUrl(workerUrl);

const JAPANESE = {
  'NavigationControl.ZoomIn': '大きくする',
  'NavigationControl.ZoomOut': '小さくする',
  'AttributionControl.ToggleAttribution': '出典を表示',
};

/** A map called so; `words` is what its canvas says to those who hear it. Buttons do what dragging does. */
export function baseMap(
  container: HTMLElement,
  title: string,
  words: string,
  options: Partial<maplibregl.MapOptions> = {},
): maplibregl.Map {
  const japanese = document.documentElement.lang !== 'en';
  const map = new maplibregl.Map({
    container,
    style: '/style.json',
    maxZoom: 19,
    attributionControl: { compact: true },
    fadeDuration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 200,
    locale: { ...(japanese ? JAPANESE : {}), 'Map.Title': title },
    ...options,
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'top-right');
  map.getCanvas().setAttribute('aria-label', words);
  return map;
}
