/** A small map with one pin to drag. Loaded only when somebody places a record. */

import * as maplibregl from 'maplibre-gl';
import { baseMap } from '../basemap';

export interface Pin {
  move(point: [number, number]): void;
  remove(): void;
}

/** Shows the pin; the same can be done with the two number fields beside it. */
export function showPin(
  container: HTMLElement,
  bounds: [number, number, number, number],
  point: [number, number] | null,
  moved: (point: [number, number]) => void,
): Pin {
  const at = point ?? [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2];
  const shown = { center: at, zoom: point ? 16 : 12 };
  const map = baseMap(container, '位置の地図', '位置の地図。ピンは下の数字でも動かせます。', shown);
  const marker = new maplibregl.Marker({ draggable: true, color: '#0b4f6c' }).setLngLat(at);
  if (point) marker.addTo(map);
  const round = (v: number) => Math.round(v * 1e6) / 1e6;
  const tell = (p: maplibregl.LngLat) => moved([round(p.lng), round(p.lat)]);
  marker.on('dragend', () => tell(marker.getLngLat()));
  map.on('click', (e) => {
    marker.setLngLat(e.lngLat).addTo(map);
    tell(e.lngLat);
  });
  return {
    move(p) {
      marker.setLngLat(p).addTo(map);
      map.easeTo({ center: p, zoom: Math.max(map.getZoom(), 15) });
    },
    remove: () => map.remove(),
  };
}
