import { steps } from '../scale';
import { catalog, kindName, kinds, shown } from '../state';

/** What the colours mean. */
export function Legend() {
  const what =
    shown.value !== 'all' ? kindName(shown.value) : kinds.value.length === 1 ? kindName(kinds.value[0] ?? '') : '選んだ種類すべて';
  return (
    <div class="legend">
      <p>{what}に届く人の割合</p>
      <ul>
        {steps.map((s) => (
          <li key={s.label}>
            <i class="swatch" style={{ background: s.colour }} />
            {s.label}
          </li>
        ))}
        {catalog.value?.area_types.some((t) => t.code === 'demand_zone') && (
          <li>
            <i class="swatch hatch" />
            デマンドタクシーの区域
          </li>
        )}
      </ul>
    </div>
  );
}
