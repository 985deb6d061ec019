/** Shares as colours: five steps of one hue, told apart by lightness alone, so a black-and-white copy still reads. */

export const steps = [
  { least: 0.95, colour: '#fff3e2', label: '95%以上' },
  { least: 0.8, colour: '#fdc98d', label: '80～95%' },
  { least: 0.6, colour: '#f1913f', label: '60～80%' },
  { least: 0.4, colour: '#c8550e', label: '40～60%' },
  { least: 0, colour: '#7a2704', label: '40%未満' },
] as const;

export const noPeople = '#e3e3e3';

export function colourOf(share: number | null): string {
  if (share === null) return noPeople;
  return (steps.find((s) => share >= s.least) ?? steps[4]).colour;
}

// one for all: a table of districts has hundreds of figures, and each made its own
const figures = new Intl.NumberFormat('ja-JP', { maximumFractionDigits: 0 });

export const percent = (share: number | null) => (share === null ? '－' : `${(share * 100).toFixed(1)}%`);
export const people = (n: number | null) => (n === null ? '少数' : figures.format(Math.round(n)));
export const distance = (m: number | null) =>
  m === null ? '－' : m >= 10000 ? `${(m / 1000).toFixed(1)}km` : `${figures.format(Math.round(m))}m`;
