import { signal } from '@preact/signals';
import type { AreaRow } from '../api';
import { colourOf, people, percent } from '../scale';
import { saveAreas, saveTable } from '../download';
import { coverage, kindName, query, selected, shareOf } from '../state';

type Sort = { by: string; up: boolean };
const sort = signal<Sort>({ by: 'left', up: false });

/** People who do not reach; nothing where too few live for a figure. */
const left = (row: AreaRow) => {
  const { reached } = shareOf(row);
  return row.people === null || reached === null ? null : row.people - reached;
};

/** The value a column sorts by. */
function value(row: AreaRow, by: string): number | string {
  if (by === 'name') return row.name;
  if (by === 'people') return row.people ?? 0;
  if (by === 'all') return row.all.share ?? -1;
  if (by === 'left') return left(row) ?? 0;
  if (by === 'line') return shareOf(row).straight_only ?? 0;
  return row.kinds.find((k) => k.kind === by)?.share ?? -1;
}

function compare(a: AreaRow, b: AreaRow): number {
  const [x, y] = [value(a, sort.value.by), value(b, sort.value.by)];
  const order = typeof x === 'string' ? x.localeCompare(String(y), 'ja') : x - Number(y);
  return sort.value.up ? order : -order;
}

function Heading({ by, children }: { by: string; children: string }) {
  const mine = sort.value.by === by;
  return (
    <th scope="col" aria-sort={mine ? (sort.value.up ? 'ascending' : 'descending') : 'none'}>
      <button type="button" onClick={() => (sort.value = { by, up: mine ? !sort.value.up : by === 'name' })}>
        {children}
        <span aria-hidden="true">{mine ? (sort.value.up ? ' ▲' : ' ▼') : ''}</span>
      </button>
    </th>
  );
}

/** The table of districts: everything the map's colours say, and more. */
export function Districts() {
  const answer = coverage.value;
  if (!answer) return null;
  const rows = [...answer.rows].sort(compare);
  const several = answer.total.kinds.length > 1;
  const cells = (row: AreaRow) => (
    <>
      <td>{people(row.people)}</td>
      <td>{people(left(row))}</td>
      {row.kinds.map((k) => (
        <td key={k.kind} title={`幅 ${percent(k.low)}～${percent(k.high)}`}>
          {percent(k.share)}
          <small>
            {percent(k.low)}～{percent(k.high)}
          </small>
        </td>
      ))}
      {several && <td>{percent(row.all.share)}</td>}
      <td>{people(shareOf(row).straight_only)}</td>
    </>
  );
  return (
    <>
      <Taxis />
      <p class="row">
        <a class="button" href={`/api/coverage/report.pdf?${query.value}`} target="_blank" rel="noopener">
          PDF（地図と根拠つき）
        </a>
        <button type="button" onClick={saveTable}>
          表（CSV）
        </button>
        <button type="button" onClick={saveAreas}>
          区域（GeoJSON）
        </button>
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-label="校区の表">
        <table id="table">
          <caption>区域ごとの人数と割合（小さい字は、データから言える幅）</caption>
          <thead>
            <tr>
              <Heading by="name">区域</Heading>
              <Heading by="people">人口</Heading>
              <Heading by="left">届かない人</Heading>
              {answer.total.kinds.map((k) => (
                <Heading key={k.kind} by={k.kind ?? ''}>
                  {kindName(k.kind ?? '')}
                </Heading>
              ))}
              {several && <Heading by="all">すべて</Heading>}
              <Heading by="line">直線なら届く人</Heading>
            </tr>
          </thead>
          <tbody>
            <tr class="total">
              <th scope="row">合計</th>
              {cells(answer.total)}
            </tr>
            {rows.map((row) => (
              <tr key={row.id} class={selected.value === row.id ? 'selected' : ''}>
                <th scope="row">
                  <button
                    type="button"
                    aria-pressed={selected.value === row.id}
                    onClick={() => (selected.value = selected.value === row.id ? null : row.id)}
                  >
                    <i class="swatch" style={{ background: colourOf(shareOf(row).share) }} aria-hidden="true" />
                    {row.name}
                  </button>
                </th>
                {cells(row)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** The five facts of the demand taxis, each a number of people. */
function Taxis() {
  const kinds = coverage.value?.total.kinds.filter((k) => k.taxi) ?? [];
  if (kinds.length === 0) return null;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="デマンドタクシーの表">
      <table class="taxis">
        <caption>デマンドタクシー（人数。右へ行くほど条件が加わります）</caption>
        <thead>
          <tr>
            <th scope="col">行き先</th>
            <th scope="col">区域内</th>
            <th scope="col">その日に運行</th>
            <th scope="col">予約できる</th>
            <th scope="col">行き先に着く</th>
            <th scope="col">時間内に届く</th>
            <th scope="col">席がある見込み</th>
          </tr>
        </thead>
        <tbody>
          {kinds.map(({ kind, taxi: t }) => (
            <tr key={kind}>
              <th scope="row">{kindName(kind ?? '')}</th>
              <td>{people(t?.in_zone ?? 0)}</td>
              <td>{people(t?.runs ?? 0)}</td>
              <td>{people(t?.bookable ?? 0)}</td>
              <td>{people(t?.leads ?? 0)}</td>
              <td>{people(t?.within ?? 0)}</td>
              <td>{t && t.seats_unknown >= 0.5 ? `${people(t.seated)}（席数不明 ${people(t.seats_unknown)}）` : people(t?.seated ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
