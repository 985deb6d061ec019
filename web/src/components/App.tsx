import { useEffect, useRef } from 'preact/hooks';
import { startMap } from '../map';
import { busy, catalog, coverage, start, trouble } from '../state';
import { Address } from './Address';
import { Basis } from './Basis';
import { Controls } from './Controls';
import { Districts } from './Districts';
import { Siting } from './Siting';
import { Walkers } from './Walkers';
import { Years } from './Years';
import { Legend } from './Legend';
import { Why } from './Why';
import { District } from './District';
import { WhatIf } from './WhatIf';

export function App() {
  const mapElement = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void start().then(() => {
      if (mapElement.current && catalog.value) void startMap(mapElement.current);
    });
  }, []);
  return (
    <>
      <a class="skip" href="#table">
        表へ進む
      </a>
      <header>
        <h1>
          通い <span lang="en">Kayoi</span>
        </h1>
        <p>歩いて、バスで、予約のタクシーで、だれが何に届くか。校区ごとの人数と割合です。</p>
        {catalog.value?.invented && <p class="invented">架空の都市（練習用のデータ）</p>}
      </header>
      <main>
        <section class="panel" aria-label="問いと一覧">
          <Controls />
          <Address />
          <p class="status" role="status" aria-live="polite">
            {busy.value ? '計算しています…' : coverage.value ? `${coverage.value.rows.length}区域を計算しました。` : ''}
          </p>
          {trouble.value && (
            <p class="trouble" role="alert">
              {trouble.value}
            </p>
          )}
          <Empty />
          <WhatIf />
          <Siting />
          <Districts />
          <Walkers />
          <Years />
          <District />
          {coverage.value && <Basis basis={coverage.value.basis} />}
        </section>
        <section class="map" aria-label="地図">
          <div ref={mapElement} class="canvas" />
          <Legend />
          <Why />
        </section>
      </main>
    </>
  );
}

function Empty() {
  const c = catalog.value;
  if (!c) return null;
  if (c.area_types.length && c.population.length) return null;
  return (
    <p class="empty">
      まだデータがありません。<code>kayoi import</code> で、校区・人口・道路・サービスのファイルを取り込んでください。
    </p>
  );
}
