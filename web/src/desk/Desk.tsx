import { useEffect } from 'preact/hooks';
import { desk } from './api';
import { Areas } from './Areas';
import { Editor } from './Editor';
import { HistoryOf, Revisions } from './History';
import { Import } from './Import';
import { Merge } from './Merge';
import { Month } from './Month';
import { Office } from './Office';
import { Paper } from './Paper';
import { People } from './People';
import { QueuePage } from './Queue';
import { Records } from './Records';
import { SignIn } from './SignIn';
import { catalog, done, go, mayEdit, me, start, trouble, where } from './state';

/** The coordinators' desk. */
export function Desk() {
  useEffect(() => void start(), []);
  if (me.value === undefined) return <p class="status">読み込んでいます…</p>;
  if (me.value === null) return <SignIn />;
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => (e.preventDefault(), document.getElementById('main')?.focus())}>
        本文へ進む
      </a>
      <header>
        <h1>
          通い <span lang="en">Kayoi</span> コーディネーターの机
        </h1>
        <p>
          {me.value.name}さん（{me.value.role_ja}
          {me.value.areas.length > 0 && `・${me.value.areas.map((a) => a.name ?? a.id).join('、')}`}）
        </p>
        {catalog.value?.invented && <p class="invented">架空の都市（練習用のデータ）</p>}
        <button type="button" class="quiet" onClick={() => void signOut()}>
          サインアウト
        </button>
      </header>
      <Tabs />
      <main id="main" tabIndex={-1}>
        <p class="sr-live" role="status" aria-live="polite">
          {done.value}
        </p>
        {trouble.value && (
          <p class="trouble" role="alert">
            {trouble.value}
          </p>
        )}
        <Page />
      </main>
    </>
  );
}

async function signOut() {
  await desk('session', { method: 'DELETE' }).catch(() => undefined);
  me.value = null;
}

const TABS: [string, string, () => boolean][] = [
  ['/queue', '今日の仕事', () => true],
  ['/records', '記録をさがす', () => true],
  ['/month', '月のカレンダー', () => true],
  ['/area', '校区のこと', () => true],
  ['/paper', '紙にする', () => true],
  ['/import', '一覧表を取り込む', mayEdit],
  ['/revisions', '履歴と取り消し', () => true],
  ['/office', '配った資料・書き出し', () => true],
  ['/people', 'つかう人', () => true],
];

function Tabs() {
  return (
    <nav aria-label="机の場所">
      <ul class="tabs">
        {TABS.filter(([, , shown]) => shown()).map(([to, label]) => (
          <li key={to}>
            <a href={`#${to}`} aria-current={where.value.startsWith(to) ? 'page' : undefined}>
              {label}
            </a>
          </li>
        ))}
        <li>
          <a href="/plan">地図と分析</a>
        </li>
      </ul>
    </nav>
  );
}

function Page() {
  const [, page = 'queue', first, second] = (where.value.split('?')[0] ?? '').split('/');
  const id = Number(first);
  switch (page) {
    case 'records':
      return <Records />;
    case 'record':
      return second === 'history' ? <HistoryOf key={id} id={id} /> : <Editor key={id} id={id} />;
    case 'new':
      return <Editor key="new" id={0} />;
    case 'merge':
      return <Merge key={`${id}-${second}`} first={id} second={Number(second)} />;
    case 'month':
      return <Month />;
    case 'area':
      return <Areas />;
    case 'paper':
      return <Paper />;
    case 'import':
      return <Import />;
    case 'revisions':
      return <Revisions />;
    case 'office':
      return <Office />;
    case 'people':
      return <People />;
    default:
      return <QueuePage open={(place) => go(`/record/${place}`)} />;
  }
}
