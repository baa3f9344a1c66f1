// A lane for each link over one axis of time, on which idle gaps are collapsed.

import { computed, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { duration, dayShort, time } from '../format';
import { axis, type Axis } from '../state/axis';
import { nowSecond } from '../state/clock';
import { linkName, type Row } from '../state/rows';
import { select, selected } from '../state/selection';
import { shown } from '../state/shown';
import { t } from '../text';

const LANES = 6;
const LANE_PX = 22;
const TOP_PX = 22;
const LABEL_PX = 132;
/** The room between the label of a gap and that of the span after it. */
const TICK_PX = 5;

const width = signal(0);

interface Lane {
  link: string;
  rows: Row[];
}

/** The links whose rows are the newest or the next, one lane each. */
const lanes = computed<Lane[]>(() => {
  const byLink = new Map<string, Row[]>();
  const { future, past } = shown.value;
  for (const row of [...[...future].reverse(), ...past]) {
    // A change stands beside the request or the webhook that it belongs to, and needs no mark of its own.
    if (!row.link || row.kind === 'change') continue;
    const rows = byLink.get(row.link);
    if (rows) rows.push(row);
    else if (byLink.size < LANES) byLink.set(row.link, [row]);
  }
  return [...byLink].map(([link, rows]) => ({ link, rows: rows.slice(0, 200) }));
});

export function Strip() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!box.current) return undefined;
    const observer = new ResizeObserver(([entry]) => (width.value = Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const shownLanes = lanes.value;
  const label = width.value < 600 ? 84 : LABEL_PX;
  const times = shownLanes.flatMap((lane) => lane.rows.map((row) => row.at));
  const scale = axis([...times, nowSecond.value], Math.max(120, width.value - label - 12));
  const height = TOP_PX + shownLanes.length * LANE_PX + 6;
  return (
    <div class="strip" ref={box} hidden={shownLanes.length === 0}>
      <svg width={width.value} height={height} role="img" aria-label={t('strip')}>
        <g transform={`translate(${label} 0)`}>
          <Gaps scale={scale} height={height} />
          <Ticks scale={scale} />
          {shownLanes.map((lane, place) => (
            <LaneView key={lane.link} lane={lane} scale={scale} y={TOP_PX + (place + 0.5) * LANE_PX} label={label} />
          ))}
          <NowMark scale={scale} height={height} />
        </g>
      </svg>
    </div>
  );
}

function Gaps({ scale, height }: { scale: Axis; height: number }) {
  return (
    <>
      {scale.gaps.map((gap) => (
        <g key={gap.x} class="gap">
          <rect x={gap.x} y={TOP_PX - 4} width={gap.width} height={height - TOP_PX} />
          <text x={gap.x + gap.width / 2} y={12} text-anchor="middle">
            {duration(gap.length)}
          </text>
        </g>
      ))}
    </>
  );
}

function Ticks({ scale }: { scale: Axis }) {
  return (
    <>
      {scale.spans.map((span) => (
        <text key={span.x} class="tick" x={span.x + TICK_PX} y={12}>
          {span.width > 90 ? `${dayShort(span.from)} ${time(span.from)}` : span.width > 44 ? time(span.from) : ''}
        </text>
      ))}
    </>
  );
}

function LaneView({ lane, scale, y, label }: { lane: Lane; scale: Axis; y: number; label: number }) {
  const isFuture = (row: Row) => row.kind === 'task';
  const longest = label < 100 ? 10 : 17;
  const name = linkName(lane.link);
  return (
    <g class="lane">
      <text x={-label + 4} y={y + 4}>
        {name.length > longest ? `${name.slice(0, longest - 1)}…` : name}
      </text>
      <line x1={0} x2={scale.width} y1={y} y2={y} />
      {lane.rows.map((row) => (
        <circle
          key={row.key}
          class={`mark-${row.kind} tone-${row.tone}${row.key === selected.value ? ' mark-selected' : ''}`}
          cx={scale.x(row.at)}
          cy={y}
          r={isFuture(row) ? 5 : row.kind === 'webhook' ? 5 : 4}
          onClick={() => select(row.key)}
        />
      ))}
    </g>
  );
}

function NowMark({ scale, height }: { scale: Axis; height: number }) {
  const x = scale.x(nowSecond.value);
  return <line class="now-mark" x1={x} x2={x} y1={TOP_PX - 6} y2={height} />;
}
