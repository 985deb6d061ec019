import { useEffect, useState } from 'preact/hooks';
import { Choice } from './Choice';
import { attempt, catalog } from './state';

/** A district to choose: its type, then itself. */
export function useDistrict() {
  const types = (catalog.value?.area_types ?? []).filter((t) => t.count > 0);
  const [type, setType] = useState('');
  const [areas, setAreas] = useState<[string, string][]>([]);
  const [area, setArea] = useState('');
  const chosen = type || types[0]?.code || '';
  useEffect(() => {
    if (!chosen) return;
    void attempt(async () => {
      const response = await fetch(`/api/areas?area_type=${chosen}`);
      const all = (await response.json()) as { features: { id: number; properties: { name: string } }[] };
      const list = all.features.map((f): [string, string] => [String(f.id), f.properties.name]);
      setAreas(list);
      setArea(list[0]?.[0] ?? '');
    });
  }, [chosen]);
  const name = areas.find(([id]) => id === area)?.[1] ?? '';
  const choice = (
    <>
      <Choice label="区域の種類" value={chosen} options={types.map((t): [string, string] => [t.code, t.ja])} change={setType} />
      <Choice label="区域" value={area} options={areas} change={setArea} />
    </>
  );
  return { area, name, choice };
}
