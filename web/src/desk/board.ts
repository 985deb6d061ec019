/** The rows of the table on a map beside it, under the same numbers. Loaded only when somebody wants it. */

import * as maplibregl from 'maplibre-gl';
import { baseMap } from '../basemap';

/** A row with a position, and the number it has in the table. */
export interface Spot {
  number: number;
  name: string;
  at: [number, number];
}

export interface Board {
  show(spots: Spot[]): void;
  remove(): void;
}

export function showBoard(container: HTMLElement, bounds: [number, number, number, number], pressed: (number: number) => void): Board {
  const map = baseMap(container, '記録の地図', '記録の地図。同じものが左の表にあります。', { bounds });
  let marks: maplibregl.Marker[] = [];
  return {
    show(spots) {
      for (const m of marks) m.remove();
      const all = new maplibregl.LngLatBounds();
      marks = spots.map((s) => {
        const element = document.createElement('button');
        element.type = 'button';
        element.className = 'spot';
        element.textContent = String(s.number);
        element.setAttribute('aria-label', `${s.number} ${s.name}`);
        element.addEventListener('click', () => pressed(s.number));
        all.extend(s.at);
        return new maplibregl.Marker({ element }).setLngLat(s.at).addTo(map);
      });
      if (!all.isEmpty()) map.fitBounds(all, { padding: 40, maxZoom: 16, animate: false });
    },
    remove: () => map.remove(),
  };
}
