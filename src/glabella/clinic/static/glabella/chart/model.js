// Pure functions over points: a point is {key, area, site, x_mm, y_mm, side, depth, units, vial}, a
// droplet has the region of the skin that it was placed for,
// with x_mm the distance from the midline on its side. Nothing here touches the page.

export const MIDLINE_MM = 0.75;
export const SNAP_MM = 4;
// A point in the hand sticks less, so that it can be set a little beside a site.
export const SNAP_DRAGGED_MM = 1.5;
export const NUDGE_MM = 0.5;
const SIGN = { left: 1, right: -1, midline: 0 };

export const round = (value, digits = 2) => Number(Number(value).toFixed(digits));

export const signedX = (point) => SIGN[point.side] * point.x_mm;

/** A place on the face from a signed x: close to the midline it is the midline. */
export function placeAt(x, y) {
  if (Math.abs(x) < MIDLINE_MM) return { side: "midline", x_mm: 0, y_mm: round(y) };
  return { side: x > 0 ? "left" : "right", x_mm: round(Math.abs(x)), y_mm: round(y) };
}

/** The named site within reach of a place, or null. */
export function siteNear(sites, x, y, reach = SNAP_MM) {
  let best = null;
  let least = reach;
  for (const site of sites) {
    const distance = Math.hypot(signedX(site) - x, site.y_mm - y);
    if (distance <= least) [best, least] = [site, distance];
  }
  return best;
}

/** Where a tap lands: on a site that is near, unless snapping is off or a point is there already. */
export function landing(points, sites, x, y, { snap, except = null }) {
  const site = snap ? siteNear(sites, x, y, except ? SNAP_DRAGGED_MM : SNAP_MM) : null;
  const taken = site && points.some((p) => p.key !== except && sameSpot(p, site));
  if (!site || taken) return { ...placeAt(x, y), site: "", area: "" };
  return { side: site.side, x_mm: site.x_mm, y_mm: site.y_mm, site: site.site, area: site.area };
}

const sameSpot = (a, b, reach = 1) =>
  Math.hypot(signedX(a) - signedX(b), a.y_mm - b.y_mm) <= reach;

export const newKey = () => `p-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;

export const find = (points, key) => points.find((point) => point.key === key) || null;

export const changed = (points, key, values) =>
  points.map((point) => (point.key === key ? { ...point, ...values } : point));

export const without = (points, key) => points.filter((point) => point.key !== key);

/** Moving a point takes it away from its named site. */
export const movedBy = (point, dx, dy) => ({
  ...placeAfterNudge(signedX(point) + dx, point.y_mm + dy, point.side),
  site: "",
  area: "",
});

function placeAfterNudge(x, y, side) {
  if (side === "midline" && Math.abs(x) > 0) {
    return { side: x > 0 ? "left" : "right", x_mm: round(Math.abs(x)), y_mm: round(y) };
  }
  if (Math.abs(x) < NUDGE_MM / 2) return { side: "midline", x_mm: 0, y_mm: round(y) };
  return { side: x > 0 ? "left" : "right", x_mm: round(Math.abs(x)), y_mm: round(y) };
}

/** The same point on the other side; none for the midline. */
export function mirrorImage(point) {
  if (point.side === "midline") return null;
  return { ...point, key: newKey(), side: point.side === "left" ? "right" : "left" };
}

/** Points with the missing mirror images added; what stands opposite already is left as it is. */
export function mirrorAll(points) {
  const added = [];
  for (const point of points) {
    const image = mirrorImage(point);
    if (image && ![...points, ...added].some((other) => sameSpot(other, image, 2))) added.push(image);
  }
  return [...points, ...added];
}

/** A typed number, or null when it is not one; a comma counts as a point. */
export function typedNumber(text, digits = 2) {
  const cleaned = String(text).trim().replace(",", ".");
  if (cleaned === "") return null;
  const value = Number(cleaned);
  return Number.isFinite(value) ? round(value, digits) : null;
}

export const alike = (a, b) => JSON.stringify(plain(a)) === JSON.stringify(plain(b));

/** Only what the clinic stores of a point, in one order. */
export const plain = (points) =>
  points.map(({ key, area, site, x_mm, y_mm, side, depth, units, vial, region, target }) => ({
    key, area, site, x_mm: round(x_mm), y_mm: round(y_mm), side, depth, units: round(units), vial,
    ...(region ? { region } : {}),
    ...(target ? { target } : {}),
  }));

/** Droplets come last, so that points with a number count from one. */
export const ordered = (points) =>
  points.some((point) => point.region)
    ? [...points.filter((point) => !point.region), ...points.filter((point) => point.region)]
    : points;

/** Droplets that are alike, by region, vial and units: each with its name and its points. */
export function dropletGroups(points) {
  const groups = new Map();
  for (const point of points) {
    if (!point.region) continue;
    const id = `${point.region} ${point.vial} ${point.units}`;
    if (!groups.has(id)) groups.set(id, { id, region: point.region, vial: point.vial, units: point.units, points: [] });
    groups.get(id).points.push(point);
  }
  return [...groups.values()];
}

/** How many points differ between two charts. */
export function countChanges(mine, theirs) {
  const before = new Map(plain(theirs).map((p) => [p.key, JSON.stringify({ ...p, area: "", site: "" })]));
  let count = 0;
  for (const point of plain(mine)) {
    if (before.get(point.key) !== JSON.stringify({ ...point, area: "", site: "" })) count += 1;
    before.delete(point.key);
  }
  return count + before.size;
}
