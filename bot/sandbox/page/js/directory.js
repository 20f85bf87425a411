/** Who and what has which name, for mentions and pickers; filled from the server's state. */

/** @typedef {{ id: string, name: string, fullName?: string, title?: string, isBot?: boolean }} Named */

let me = "";
/** @type {Map<string, Named>} */
let users = new Map();
/** @type {Map<string, { id: string, name: string, kind: string }>} */
let conversations = new Map();
/** User groups by id. @type {Map<string, { id: string, handle: string, name: string, users: string[] }>} */
let groups = new Map();

export const directory = {
  me: () => me,
  users: () => [...users.values()],
  conversations: () => [...conversations.values()],
  /** @param {string} id */
  userName: (id) => users.get(id)?.name,
  /** @param {string} id */
  user: (id) => users.get(id),
  /** @param {string} id */
  channelName: (id) => conversations.get(id)?.name,
  groups: () => [...groups.values()],
  /** @param {string} id */
  groupHandle: (id) => groups.get(id)?.handle,
  /** @param {string} id */
  isInGroup: (id) => groups.get(id)?.users.includes(me) ?? false,
  /** @param {string} id */
  conversation: (id) => conversations.get(id),
};

/** @param {string} meId @param {Named[]} people @param {{ id: string, name: string, kind: string }[]} places @param {{ id: string, handle: string, name: string, users: string[] }[]} usergroups */
export function fillDirectory(meId, people, places, usergroups) {
  groups = new Map(usergroups.map((group) => [group.id, group]));
  me = meId;
  users = new Map(people.map((person) => [person.id, person]));
  conversations = new Map(places.map((place) => [place.id, place]));
}
