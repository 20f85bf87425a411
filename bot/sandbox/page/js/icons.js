/** Line icons on a 20 by 20 grid, drawn for this page. */

const PATHS = {
  menu: "M3.5 5.5h13M3.5 10h13M3.5 14.5h13",
  home: "M3 9.2 10 3.5l7 5.7M5 8v8.2h3.6v-4.4h2.8v4.4H15V8",
  message: "M4 4h12a1.4 1.4 0 0 1 1.4 1.4v7.2A1.4 1.4 0 0 1 16 14H9l-4 3v-3H4a1.4 1.4 0 0 1-1.4-1.4V5.4A1.4 1.4 0 0 1 4 4Z",
  hash: "M7.6 3.5 6.2 16.5M13.8 3.5l-1.4 13M3.6 7.4h13.2M3.2 12.6h13.2",
  lock: "M5.2 9h9.6v7.5H5.2zM7 9V6.6a3 3 0 0 1 6 0V9",
  phone: "M5.1 3.2h2.5l1.2 3.6-1.7 1.4a10 10 0 0 0 4.7 4.7l1.4-1.7 3.6 1.2v2.5c0 .9-.8 1.7-1.7 1.6A13 13 0 0 1 3.5 4.9c-.1-.9.7-1.7 1.6-1.7Z",
  phoneOff: "M2.8 11.6c4.2-4.1 10.2-4.1 14.4 0l-1.9 2.4-3-1v-2.2a9 9 0 0 0-4.6 0V13l-3 1z",
  missed: "M3 6l5 5 7-7M15 4h-4M15 4v4M2.8 15.6c4.3-3 10.1-3 14.4 0",
  voicemail: "M5.6 13.6a3.2 3.2 0 1 1 0-6.4 3.2 3.2 0 0 1 0 6.4ZM14.4 13.6a3.2 3.2 0 1 1 0-6.4 3.2 3.2 0 0 1 0 6.4ZM5.6 13.6h8.8",
  chevronDown: "M5 7.5l5 5 5-5",
  chevronRight: "M7.5 5l5 5-5 5",
  close: "M5 5l10 10M15 5 5 15",
  check: "M4 10.5l4 4 8-9",
  plus: "M10 4v12M4 10h12",
  bolt: "M11 2.5 4.5 11.2h4.6L8.6 17.5l6.9-9.1h-4.7z",
  more: "M4.6 10h.01M10 10h.01M15.4 10h.01",
  moreVertical: "M10 4.6v.01M10 10v.01M10 15.4v.01",
  send: "M3.5 10 16.8 3.6 13 16.5l-3.2-4.9zM9.8 11.6l7-8",
  reply: "M8 5 3.5 9.4 8 13.8M3.8 9.4h7.4c3 0 5.2 1.9 5.3 5.4",
  smile: "M10 17.2a7.2 7.2 0 1 0 0-14.4 7.2 7.2 0 0 0 0 14.4ZM7 12c1.6 1.9 4.4 1.9 6 0M7.5 8v.01M12.5 8v.01",
  sun: "M10 13.4a3.4 3.4 0 1 0 0-6.8 3.4 3.4 0 0 0 0 6.8ZM10 2v1.8M10 16.2V18M2 10h1.8M16.2 10H18M4.4 4.4l1.2 1.2M14.4 14.4l1.2 1.2M15.6 4.4l-1.2 1.2M5.6 14.4l-1.2 1.2",
  moon: "M16.4 12.3A7 7 0 0 1 7.7 3.6a7 7 0 1 0 8.7 8.7Z",
  search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM13 13l4 4",
  warning: "M10 3.2 17.6 16.4H2.4zM10 8v4M10 14.2v.01",
  info: "M10 17.2a7.2 7.2 0 1 0 0-14.4 7.2 7.2 0 0 0 0 14.4ZM10 9.2v4.4M10 6.5v.01",
  eye: "M2.4 10c3.6-6.2 11.6-6.2 15.2 0-3.6 6.2-11.6 6.2-15.2 0ZM10 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z",
  file: "M5 2.8h6.4L15.4 7v10.2H5zM11 3v4.2h4.2",
  picture: "M3 4.5h14v11H3zM3.4 14l4-4.4 3.1 3.2 2.4-2.2 3.7 3.6M12.6 8.2h.01",
  block: "M10 17.2a7.2 7.2 0 1 0 0-14.4 7.2 7.2 0 0 0 0 14.4ZM5 5l10 10",
  apps: "M3.5 3.5h5v5h-5zM11.5 3.5h5v5h-5zM3.5 11.5h5v5h-5zM11.5 11.5h5v5h-5z",
  people: "M7.4 9.4a2.9 2.9 0 1 0 0-5.8 2.9 2.9 0 0 0 0 5.8ZM2.2 16.4c.2-3.2 2.3-5 5.2-5s5 1.8 5.2 5M13.2 9.2a2.5 2.5 0 1 0-.6-4.9M14.4 11.6c2 .3 3.3 1.9 3.4 4.4",
  at: "M13 7v4.6c0 2.6 4.2 2.2 4.2-1.6A7.2 7.2 0 1 0 13 16.6M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0Z",
  thumbsUp: "M6.4 9v7.4M6.4 9l3.2-6c1.5 0 2.2 1 1.9 2.4L11 8h4.4c1 0 1.6.9 1.3 1.8l-1.4 5.2c-.2.8-.8 1.4-1.7 1.4H6.4H3.2V9z",
  thumbsDown: "M6.4 11V3.6M6.4 11l3.2 6c1.5 0 2.2-1 1.9-2.4L11 12h4.4c1 0 1.6-.9 1.3-1.8L15.3 5c-.2-.8-.8-1.4-1.7-1.4H6.4H3.2V11z",
  panel: "M3 4h14v12H3zM12.5 4v12",
  calendar: "M3.5 5h13v11.5h-13zM3.5 8.6h13M7 3v3.4M13 3v3.4",
  clock: "M10 17.2a7.2 7.2 0 1 0 0-14.4 7.2 7.2 0 0 0 0 14.4ZM10 6v4.3l2.8 1.7",
  play: "M6.5 4.2 15.6 10l-9.1 5.8z",
  trash: "M4 5.5h12M8 5.5V3.6h4v1.9M5.4 5.5l.8 11h7.6l.8-11M8.4 8.6v5M11.6 8.6v5",
};

/** @typedef {keyof typeof PATHS} IconName */

/** @param {IconName | string} name @param {number} [size] pixels */
export function icon(name, size = 18) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const attributes = { viewBox: "0 0 20 20", width: size, height: size, fill: "none", stroke: "currentColor", "stroke-width": 1.6, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", focusable: "false", class: `icon icon-${name}` };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, String(value));
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[/** @type {IconName} */ (name)] ?? PATHS.info);
  if (name.startsWith("more")) svg.setAttribute("stroke-width", "2.6");
  svg.append(path);
  return svg;
}
