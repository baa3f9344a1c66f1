// Small drawings, 16 by 16, in the color of the text.

const PATHS = {
  timeline: 'M8 1.5v3M8 7v2M8 11.5v3M2 8h3.5M10.5 8H14',
  links: 'M6.5 9.5l3-3M5 8l-2 2a2.1 2.1 0 003 3l2-2M8 5l2-2a2.1 2.1 0 013 3l-2 2',
  webhooks: 'M2 8h8M7 4.5L10.5 8 7 11.5M13.5 3v10',
  scenarios: 'M2.5 3.5h11v9h-11zM2.5 6.5h11M5.5 9.5h3',
  problems: 'M8 2.2l6 11H2zM8 6.5v3M8 11.4v.2',
  reference: 'M3 2.5h8.5a1.5 1.5 0 011.5 1.5v9.5H4.5A1.5 1.5 0 013 12zM6 5.5h4M6 8h4',
  presenter: 'M2.5 3h11v7.5h-11zM8 10.5v3M5.5 13.5h5',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2v9.6l7.5-4.8z',
  next: 'M3.5 3.5l6 4.5-6 4.5zM12.5 3.5v9',
  search: 'M7 2.5a4.5 4.5 0 110 9 4.5 4.5 0 010-9zM10.4 10.4l3.1 3.1',
  close: 'M4 4l8 8M12 4l-8 8',
  account: 'M8 8a2.6 2.6 0 100-5.2A2.6 2.6 0 008 8zM3 13.5c.6-2.4 2.4-3.5 5-3.5s4.4 1.1 5 3.5',
  plus: 'M8 3.5v9M3.5 8h9',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
