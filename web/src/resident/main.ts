/** What the residents' pages do beyond reading: the position of a phone, printing, sending on, the map. All of it is extra. */

import './resident.css';

/** Positions leave this device rounded to about 50 m. */
const grid = 0.0005;
const round = (v: number) => (Math.round(v / grid) * grid).toFixed(4);

// the page is read before this comes, in the fonts of the device
void import('@fontsource/biz-udpgothic/400.css?own');

for (const e of document.querySelectorAll<HTMLElement>('.js')) e.hidden = false;

for (const button of document.querySelectorAll<HTMLElement>('[data-here]')) {
  button.addEventListener('click', (event) => {
    if (!('geolocation' in navigator)) return;
    event.preventDefault();
    button.setAttribute('aria-busy', 'true');
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const to = new URL(button.dataset.here ?? '/list', location.origin);
        to.searchParams.set('at', `${round(coords.longitude)},${round(coords.latitude)}`);
        location.assign(to);
      },
      () => {
        button.removeAttribute('aria-busy');
        const failed = document.getElementById('here-failed');
        if (failed) failed.hidden = false;
        if (!document.getElementById('address') && button instanceof HTMLAnchorElement) location.assign(button.href);
      },
      { maximumAge: 60_000, timeout: 15_000 },
    );
  });
}

// in a row that is pushed along, the day that was chosen is in sight
document.querySelector('.days [aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });

document.querySelector('[data-print]')?.addEventListener('click', () => window.print());

const share = document.querySelector<HTMLElement>('[data-share]');
share?.addEventListener('click', (event) => {
  if (!navigator.share) return;
  event.preventDefault();
  // somebody who thinks better of it has not met an error
  navigator.share({ title: share.dataset.title, url: share.dataset.share }).catch(() => undefined);
});

const map = document.getElementById('map');
if (map) void import('./map').then(({ startMap }) => startMap(map));

if (document.body.dataset.embed !== undefined && window.parent !== window) {
  const tell = () => window.parent.postMessage({ kayoi: { height: document.documentElement.scrollHeight } }, '*');
  new ResizeObserver(tell).observe(document.body);
}
