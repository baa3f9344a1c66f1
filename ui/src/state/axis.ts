// An axis of time on which fifteen seconds, a week and a year fit together: idle gaps take a fixed width.

import { MINUTE } from '../units';

export interface Span {
  from: number;
  to: number;
  x: number;
  width: number;
}

export interface Gap {
  x: number;
  width: number;
  length: number;
}

export interface Axis {
  spans: Span[];
  gaps: Gap[];
  width: number;
  x: (at: number) => number;
}

const GAP_PX = 52;
/** More gaps than fit are kept open, the shortest of them first. */
const GAPS_PER_PX = 1 / 140;
const SHORTEST_GAP_MS = MINUTE;
/** A moment alone takes some room, so that the marks beside it do not cover it. */
const SPAN_PX = 18;

export function axis(moments: readonly number[], width: number): Axis {
  const times = [...new Set(moments)].sort((a, b) => a - b);
  const most = Math.max(1, Math.floor(width * GAPS_PER_PX));
  const gapsByLength = times
    .slice(1)
    .map((to, place) => ({ place, length: to - (times[place] ?? to) }))
    .filter((gap) => gap.length >= SHORTEST_GAP_MS)
    .sort((a, b) => b.length - a.length)
    .slice(0, most);
  const cuts = new Set(gapsByLength.map((gap) => gap.place));
  const clusters: number[][] = [[]];
  times.forEach((at, place) => {
    clusters.at(-1)?.push(at);
    if (cuts.has(place)) clusters.push([]);
  });
  return placed(clusters, width);
}

function placed(clusters: readonly number[][], width: number): Axis {
  const lengths = clusters.map((cluster) => (cluster.at(-1) ?? 0) - (cluster[0] ?? 0));
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  const free = Math.max(0, width - GAP_PX * (clusters.length - 1) - SPAN_PX * clusters.length);
  const spans: Span[] = [];
  const gaps: Gap[] = [];
  let x = 0;
  clusters.forEach((cluster, place) => {
    const from = cluster[0] ?? 0;
    const to = cluster.at(-1) ?? from;
    const before = spans.at(-1);
    if (before) {
      gaps.push({ x, width: GAP_PX, length: from - before.to });
      x += GAP_PX;
    }
    const share = whole > 0 ? (lengths[place] ?? 0) / whole : 1 / clusters.length;
    const spanWidth = SPAN_PX + free * share;
    spans.push({ from, to, x, width: spanWidth });
    x += spanWidth;
  });
  return { spans, gaps, width: x, x: (at) => position(spans, at) };
}

function position(spans: readonly Span[], at: number): number {
  const span = spans.findLast((candidate) => candidate.from <= at) ?? spans[0];
  if (!span) return 0;
  const inside = Math.min(1, Math.max(0, (at - span.from) / Math.max(1, span.to - span.from)));
  return span.x + SPAN_PX / 2 + inside * (span.width - SPAN_PX);
}
