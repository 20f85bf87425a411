/** Starts the page: boot as somebody, draw, stay in touch. */

import { act, boot, Live } from "./api.js";
import { fill } from "./dom.js";
import { handle } from "./events.js";
import { icon } from "./icons.js";
import { session } from "./keep.js";
import { MainPane } from "./panes/main_pane.js";
import { drawPersonSwitch, drawSidebar } from "./panes/sidebar.js";
import { ThreadPane } from "./panes/thread_pane.js";
import { startPhone } from "./phone/panel.js";
import { emit, on, state, takeBoot, takeChannel } from "./store.js";
import { startTheme } from "./theme.js";
import { toast } from "./toast.js";
import { drawModals } from "./views/modal.js";
import { forgetSurfaces } from "./views/surfaces.js";
import { showFailure } from "./elements/element.js";

/** Who one is on the first visit: Ana, an agent who is connected. */
const FIRST_PERSON = "U0ANA0001";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const main = new MainPane(byId("main"), { go });
const thread = new ThreadPane(byId("thread"));
const sidebar = byId("sidebar-list");
const sidebarToggle = byId("sidebar-toggle");

const live = new Live({ onEvent: handle, onState: connectionChanged });

/** @param {"live" | "lost"} now @param {boolean} again */
function connectionChanged(now, again) {
  state.connection = now;
  emit("connection");
  if (now === "live" && again) void catchUp();
}

/** After a break everything is asked for anew; what was typed is in the drafts and stays. */
async function catchUp() {
  const answer = await boot(state.me?.id ?? "");
  if (!answer.ok) return;
  takeBoot(answer);
  emit("boot");
  if (!state.channels.has(state.route.channel)) return moveOn();
  if (state.route.tab === "home") return void main.arrive();
  await main.load(state.route.channel);
}

/** The server came back without the place that was open: what was typed there moves along. */
function moveOn() {
  const typed = main.composer.input.value;
  settle();
  if (typed && !main.composer.input.value) main.composer.set(typed);
}

/** Where the window is narrow the sidebar is a drawer. @param {boolean} open */
function openSidebar(open) {
  document.body.classList.toggle("with-sidebar", open);
  sidebarToggle.setAttribute("aria-expanded", String(open));
}

/** @param {string} channel @param {"home" | "messages" | null} [tab] */
function go(channel, tab = null) {
  openSidebar(false);
  const isApp = channel === state.appDm;
  state.route = { channel, tab: isApp ? tab ?? "messages" : null };
  state.unread.delete(channel);
  if (state.thread && state.thread.channel !== channel) {
    state.thread = null;
    emit("thread");
  }
  history.replaceState(null, "", `#${channel}${state.route.tab ? `/${state.route.tab}` : ""}`);
  emit("sidebar");
  emit("route");
}

/** @param {string} person */
async function become(person) {
  const answer = await boot(person);
  if (!answer.ok) return toast(answer.message ?? "That person could not be loaded.", "warning");
  session.set("as", person);
  forgetSurfaces();
  takeBoot(answer);
  live.connect(answer.me.id);
  emit("boot");
  emit("thread");
  settle();
}

/** Slack is in another language from now on, for the person that one is. Like Slack it loads anew. @param {string} locale */
async function chooseLanguage(locale) {
  const answer = await act("read_in", { locale });
  if (!answer.ok) return toast(answer.message ?? "The language could not be changed.", "warning");
  session.set("as", state.me?.id ?? "");
  location.reload();
}

/** The demo's notifications go here. */
const START_IN = "support";

/** Goes where the address says, or stays, or to where the demo begins; a place that this person cannot see counts for nothing. */
function settle() {
  const [channel, tab] = location.hash.slice(1).split("/");
  const mine = [...state.channels.values()].filter((place) => place.kind === "channel" && place.is_member);
  const first = mine.find((place) => place.name === START_IN) ?? mine[0] ?? [...state.channels.values()][0];
  const wanted = state.channels.has(channel) ? channel : state.route.tab ? state.appDm : first?.id ?? state.appDm;
  go(wanted, wanted === state.appDm ? (tab === "messages" ? "messages" : tab === "home" ? "home" : state.route.tab) : null);
}

function drawConnection() {
  byId("connection").hidden = state.connection !== "lost";
  document.body.dataset.connection = state.connection;
}

/** Opens the conversation with a colleague, which may not have been there before. @param {string} user */
async function write(user) {
  const answer = await act("open_dm", { user });
  if (!answer.ok) return toast(answer.message ?? "That conversation could not be opened.", "warning");
  takeChannel(answer.channel);
  go(answer.channel.id);
}

const actions = { go, become, chooseLanguage, write };

on("boot", () => {
  byId("team-name").textContent = state.team.name ?? "Workspace";
  document.title = `${state.team.name ?? "Workspace"} · playground`;
  drawPersonSwitch(byId("person-switch"), actions);
  drawSidebar(sidebar, actions);
  drawModals();
  main.drawHome();
});
on("sidebar", () => drawSidebar(sidebar, actions));
on("route", () => void main.arrive());
on("messages", (channel) => {
  if (channel === state.route.channel) main.drawMessages();
  if (channel === state.thread?.channel) thread.draw();
});
on("sidebar", () => state.route.channel && main.drawHead());
on("thread", (detail) => thread.draw(detail));
on("modals", drawModals);
on("home", () => main.drawHome());
on("connection", drawConnection);

document.addEventListener("click", (event) => {
  const mention = /** @type {HTMLElement} */ (event.target).closest?.("[data-goto]");
  const channel = /** @type {HTMLElement | null} */ (mention)?.dataset.goto;
  if (channel && state.channels.has(channel)) go(channel);
});

fill(sidebarToggle, icon("menu", 18));
sidebarToggle.addEventListener("click", () => openSidebar(!document.body.classList.contains("with-sidebar")));
document.addEventListener("keydown", (event) => event.key === "Escape" && openSidebar(false));

document.addEventListener("press-failed", (event) => {
  const { where, action_id: action, message } = /** @type {CustomEvent} */ (event).detail;
  const scope = where.ts ? document.querySelector(`.message[data-ts="${CSS.escape(where.ts)}"]`) : document.querySelector("#dialogs .dialog, .home:not([hidden])");
  const element = scope?.querySelector(`[data-action-id="${CSS.escape(action)}"]`);
  if (element) showFailure(/** @type {HTMLElement} */ (element), message);
  else toast(message, "warning");
});

/** Boots; while the server is not there yet, again and again. */
async function start() {
  const asked = new URLSearchParams(location.search).get("as") ?? session.get("as") ?? "";
  let answer = await boot(asked || FIRST_PERSON);
  if (!answer.ok && answer.error === "unknown_person") answer = await boot(FIRST_PERSON);
  if (!answer.ok) {
    state.connection = "lost";
    drawConnection();
    window.setTimeout(() => void start(), 1500);
    return;
  }
  takeBoot(answer);
  live.connect(answer.me.id);
  emit("boot");
  settle();
}

startTheme();
startPhone(byId("phone"), byId("phone-toggle"));
void start();
