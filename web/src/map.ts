/** The map, in one plain module: it follows the signals and reports clicks. */

import { effect } from '@preact/signals';
import * as maplibregl from 'maplibre-gl';
import type { Change } from './api';
import { baseMap } from './basemap';
import { putDown } from './components/WhatIf';
import {
  areas,
  catalog,
  changes,
  coverage,
  gaps,
  isochrone,
  kinds,
  line,
  nearest,
  newStops,
  place,
  placing,
  selected,
  shareOf,
  shown,
  whatIf,
} from './state';
import { colourOf } from './scale';

const font = ['BIZ UDPGothic', 'Noto Sans JP', 'sans-serif'];
const empty: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Starts the map in an element. */
export async function startMap(container: HTMLElement): Promise<maplibregl.Map> {
  // map labels are drawn once: a piece of the font that comes later would leave an empty box in its place
  await Promise.all([...document.fonts].map((face) => face.load().catch(() => face)));
  const bounds = catalog.value?.bounds ?? [122, 20, 154, 46];
  const map = baseMap(container, '地図', '地図。同じ内容は左の表にあります。', {
    bounds: [bounds[0], bounds[1], bounds[2], bounds[3]],
    fitBoundsOptions: { padding: 24 },
  });
  map.addControl(new maplibregl.ScaleControl({ maxWidth: 160 }), 'bottom-left');
  await map.once('load');
  addLayers(map);
  follow(map);
  dragged(map);
  map.on('click', (e) => {
    const at: [number, number] = [round(e.lngLat.lng), round(e.lngLat.lat)];
    if (placing.value) putDown(at);
    else place.value = at;
  });
  return map;
}

const round = (v: number) => Math.round(v * 1e6) / 1e6;

function addLayers(map: maplibregl.Map) {
  map.addSource('areas', { type: 'geojson', data: empty, promoteId: 'id' });
  map.addSource('gaps', { type: 'geojson', data: empty });
  map.addSource('isochrone', { type: 'geojson', data: empty });
  map.addSource('nearest', { type: 'geojson', data: empty });
  map.addSource('place', { type: 'geojson', data: empty });
  map.addSource('whatif', { type: 'geojson', data: empty });
  map.addSource('services', { type: 'vector', url: `${location.origin}/tiles/services.json` });
  const under = map.getStyle().layers.find((l) => l.type === 'symbol')?.id;
  map.addLayer(
    {
      id: 'areas',
      type: 'fill',
      source: 'areas',
      paint: { 'fill-color': ['coalesce', ['feature-state', 'colour'], '#e3e3e3'], 'fill-opacity': 0.62 },
    },
    map.getLayer('road-path') ? 'road-path' : under,
  );
  map.addLayer(
    {
      id: 'gaps',
      type: 'fill',
      source: 'gaps',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: {
        'fill-color': '#4a2c6b',
        'fill-opacity': ['interpolate', ['linear'], ['get', 'share'], 0, 0.12, 1, 0.55],
        'fill-outline-color': '#2b1642',
      },
    },
    under,
  );
  map.addLayer(
    {
      id: 'area-lines',
      type: 'line',
      source: 'areas',
      paint: { 'line-color': '#5b4a3a', 'line-width': ['case', ['boolean', ['feature-state', 'selected'], false], 3.5, 1] },
    },
    under,
  );
  map.addLayer(
    {
      id: 'isochrone',
      type: 'fill',
      source: 'isochrone',
      filter: ['==', ['get', 'what'], 'area'],
      paint: { 'fill-color': '#1b6f8f', 'fill-opacity': 0.22 },
    },
    under,
  );
  map.addLayer(
    {
      id: 'isochrone-line',
      type: 'line',
      source: 'isochrone',
      filter: ['==', ['get', 'what'], 'streets'],
      paint: { 'line-color': '#1b6f8f', 'line-width': 1.6, 'line-opacity': 0.75 },
    },
    under,
  );
  // demand zones are hatched, so that the colour of the districts is seen through them
  if (catalog.value?.area_types.some((t) => t.code === 'demand_zone')) {
    map.addImage('hatch', hatch());
    map.addSource('zones', { type: 'vector', url: `${location.origin}/tiles/demand_zone.json` });
    map.addLayer(
      {
        id: 'zones',
        type: 'fill',
        source: 'zones',
        'source-layer': 'demand_zone',
        paint: { 'fill-pattern': 'hatch', 'fill-opacity': 0.55 },
      },
      under,
    );
  }
  map.addLayer({
    id: 'services',
    type: 'circle',
    source: 'services',
    'source-layer': 'services',
    minzoom: 10,
    paint: {
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, 2.5, 15, 6.5],
      'circle-color': '#0b4f6c',
      'circle-stroke-color': '#ffffff',
      'circle-stroke-width': 1.5,
    },
  });
  map.addLayer({
    id: 'service-names',
    type: 'symbol',
    source: 'services',
    'source-layer': 'services',
    minzoom: 14.5,
    layout: {
      'text-field': ['get', 'name'],
      'text-font': font,
      'text-size': 13,
      'text-anchor': 'top',
      'text-offset': [0, 0.7],
      'text-optional': true,
    },
    paint: { 'text-color': '#0b3c53', 'text-halo-color': '#ffffff', 'text-halo-width': 1.6 },
  });
  map.addLayer({
    id: 'nearest',
    type: 'line',
    source: 'nearest',
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': '#003a52', 'line-width': 4.5, 'line-opacity': 0.9 },
  });
  map.addLayer({
    id: 'whatif-line',
    type: 'line',
    source: 'whatif',
    filter: ['==', ['geometry-type'], 'LineString'],
    paint: { 'line-color': '#8a3b00', 'line-width': 3, 'line-dasharray': [2, 1.5] },
  });
  map.addLayer({
    id: 'whatif-point',
    type: 'circle',
    source: 'whatif',
    filter: ['==', ['geometry-type'], 'Point'],
    paint: { 'circle-radius': 7, 'circle-color': '#8a3b00', 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 2.5 },
  });
  map.addLayer({
    id: 'place',
    type: 'circle',
    source: 'place',
    paint: { 'circle-radius': 8, 'circle-color': '#ffffff', 'circle-stroke-color': '#003a52', 'circle-stroke-width': 4 },
  });
}

/** A tile of slanted lines that meet at its edges. */
function hatch(): ImageData {
  const side = 12;
  const image = new ImageData(side, side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if ((x + y) % side < 1.5) image.data.set([40, 40, 40, 255], (y * side + x) * 4);
    }
  }
  return image;
}

/** What is imagined follows the pointer, and the people who change follow it. It can also be taken away and put down anew by a click. */
function dragged(map: maplibregl.Map) {
  map.on('mousedown', 'whatif-point', (e) => {
    const { change, corner } = (e.features?.[0]?.properties ?? {}) as { change?: number; corner?: number };
    if (change === undefined) return;
    e.preventDefault();
    let waiting = false;
    const follow = ({ lngLat }: maplibregl.MapMouseEvent) => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => (waiting = false));
      const at: [number, number] = [round(lngLat.lng), round(lngLat.lat)];
      changes.value = changes.value.map((c, i) => (i === change ? moved(c, corner ?? 0, at) : c));
    };
    map.on('mousemove', follow);
    map.once('mouseup', () => map.off('mousemove', follow));
  });
  map.on('mouseenter', 'whatif-point', () => (map.getCanvas().style.cursor = 'move'));
  map.on('mouseleave', 'whatif-point', () => (map.getCanvas().style.cursor = ''));
}

function source(map: maplibregl.Map, id: string): maplibregl.GeoJSONSource {
  return map.getSource(id) as maplibregl.GeoJSONSource;
}

/** Everything that changes on the map, each from its own signal. */
function follow(map: maplibregl.Map) {
  effect(() => void source(map, 'areas').setData(areas.value ?? empty));
  effect(() => void source(map, 'gaps').setData(gapCells()));
  effect(() => void source(map, 'isochrone').setData(isochrone.value ?? empty));
  effect(() => void source(map, 'nearest').setData(nearest.value ?? empty));
  effect(() => {
    const p = place.value;
    const point: GeoJSON.Feature = { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: p ?? [] } };
    source(map, 'place').setData(p ? point : empty);
    // found by its address, it may lie off the screen
    if (p && !map.getBounds().contains(p)) map.jumpTo({ center: p, zoom: Math.max(map.getZoom(), 13) });
  });
  effect(() => void source(map, 'whatif').setData(imagined()));
  effect(() => {
    // with a place chosen, its reach is what matters: the districts step back
    const chosen = place.value !== null;
    map.setPaintProperty('areas', 'fill-opacity', chosen ? 0.22 : 0.62);
    map.setLayoutProperty('gaps', 'visibility', chosen ? 'none' : 'visible');
  });
  effect(() => {
    const wanted: maplibregl.FilterSpecification = ['in', ['get', 'kind'], ['literal', kinds.value]];
    map.setFilter('services', wanted);
    map.setFilter('service-names', wanted);
  });
  effect(() => {
    void areas.value;
    void shown.value;
    // with changes on screen the map shows the city as it would be
    for (const row of (whatIf.value?.after ?? coverage.value)?.rows ?? []) {
      map.setFeatureState({ source: 'areas', id: row.id }, { colour: colourOf(shareOf(row).share) });
    }
  });
  let before: number | null = null;
  effect(() => {
    if (before !== null) map.setFeatureState({ source: 'areas', id: before }, { selected: false });
    const now = selected.value;
    if (now !== null) {
      map.setFeatureState({ source: 'areas', id: now }, { selected: true });
      const feature = areas.value?.features.find((f) => f.properties?.['id'] === now);
      if (feature) map.fitBounds(boundsOf(feature), { padding: 48, animate: !matchMedia('(prefers-reduced-motion: reduce)').matches });
    }
    before = now;
  });
}

/** Each cell once, however many kinds it misses; the fuller of them decides its darkness. */
function gapCells(): GeoJSON.FeatureCollection {
  const cells = new Map<string, GeoJSON.Feature>();
  for (const f of gaps.value?.features ?? []) {
    const { kind, cell, area, people, left_out: out } = f.properties;
    if (shown.value !== 'all' && kind !== shown.value) continue;
    const share = people !== null && out !== null && people > 0 ? out / people : 0.5; // withheld: middling
    const known = cells.get(cell + area)?.properties?.['share'] as number | undefined;
    if (known === undefined || share > known) cells.set(cell + area, { ...f, properties: { share } });
  }
  return { type: 'FeatureCollection', features: [...cells.values()] };
}

/** What the changes put on the map. */
function imagined(): GeoJSON.FeatureCollection {
  const feature = (geometry: GeoJSON.Geometry, properties = {}): GeoJSON.Feature => ({ type: 'Feature', properties, geometry });
  const looked = (line.value?.stops ?? []).flatMap((s) => (s.at ? [s.at] : []));
  const lines: [number, number][][] = [newStops.value, looked];
  const points = newStops.value.map((coordinates) => feature({ type: 'Point', coordinates }));
  for (const [change, c] of changes.value.entries()) {
    const corners = cornersOf(c);
    points.push(...corners.map((coordinates, corner) => feature({ type: 'Point', coordinates }, { change, corner })));
    if (c.change === 'add_line') lines.push(corners);
    if (c.change === 'add_zone') lines.push(...c.area.flat());
  }
  const drawn = lines.filter((l) => l.length > 1).map((coordinates) => feature({ type: 'LineString', coordinates }));
  return { type: 'FeatureCollection', features: [...points, ...drawn] };
}

/** The positions of a change that can be taken hold of. */
function cornersOf(c: Change): [number, number][] {
  if (c.change === 'add_service' || c.change === 'add_stop') return [c.at];
  if (c.change === 'add_line') return c.stops;
  // a ring ends where it began
  if (c.change === 'add_zone') return c.area.length === 1 && c.area[0]?.length === 1 ? (c.area[0][0] ?? []).slice(0, -1) : [];
  return [];
}

/** A change with one of these positions elsewhere. */
function moved(c: Change, corner: number, at: [number, number]): Change {
  const corners = cornersOf(c).map((old, i) => (i === corner ? at : old));
  if (c.change === 'add_service' || c.change === 'add_stop') return { ...c, at };
  if (c.change === 'add_line') return { ...c, stops: corners };
  if (c.change === 'add_zone') return { ...c, area: [[[...corners, corners[0] ?? at]]] };
  return c;
}

function boundsOf(feature: GeoJSON.Feature): maplibregl.LngLatBounds {
  const bounds = new maplibregl.LngLatBounds();
  const walk = (c: unknown): void => {
    if (!Array.isArray(c)) return;
    if (typeof c[0] === 'number') bounds.extend([c[0], c[1] as number]);
    else c.forEach(walk);
  };
  if (feature.geometry && 'coordinates' in feature.geometry) walk(feature.geometry.coordinates);
  return bounds;
}
