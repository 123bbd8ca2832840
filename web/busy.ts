// While somebody plans an appointment: who of those who take part is taken at this time, and when on this day.
import { api } from "./lib/api";
import { text } from "./lib/text";
import { moment } from "./lib/value";

const HOUR_MS = 3_600_000, DAY_MS = 24 * HOUR_MS, WAIT_MS = 250;

interface Taken {
	user: string;
	starts_at: string;
	ends_at: string;
	title: string | null;
}

export function startBusy(): void {
	const field = (name: string): HTMLInputElement | null => document.querySelector<HTMLInputElement>(`form.edit input[name="${name}"]`);
	const starts = field("starts_at"), people = field("participants");
	if (!starts || !people) return;
	const zone = document.documentElement.dataset.zone ?? "";
	const place = document.createElement("div");
	place.className = "busy control wide";
	place.role = "status";
	people.closest("[data-control]")?.after(place);
	let due: ReturnType<typeof setTimeout> | undefined, asked = "";
	const named = (): Map<string, string> => new Map([...`${field("owner")?.value ?? ""};${people.value}`.matchAll(/([^;]*?)\s*\(#(\d+)\)/g)].map((one) => [one[2]!, one[1]!.trim()]));
	const clock = (at: string): string => new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: zone || "UTC", timeStyle: "short" }).format(new Date(at));

	const line = (words: string, bad = false): HTMLElement => {
		const item = document.createElement("p");
		item.textContent = words;
		item.className = bad ? "is-taken" : "faint";
		return item;
	};

	async function look(): Promise<void> {
		const users = named(), from = moment(starts!.value, zone), until = field("ends_at")?.value;
		const to = until ? moment(until, zone) : new Date(Date.parse(from) + HOUR_MS).toISOString();
		const id = /\/appointment\/(\d+)\//.exec(document.querySelector<HTMLFormElement>("form.edit")?.action ?? "")?.[1] ?? "0";
		if (!users.size || Number.isNaN(Date.parse(from))) return place.replaceChildren();
		const midnight = Date.parse(moment(`${starts!.value.slice(0, 10)}T00:00`, zone));
		const reply = await api("GET", `/api/v1/busy?${new URLSearchParams({ user: [...users.keys()].join(","), from: new Date(midnight).toISOString(), to: new Date(midnight + DAY_MS).toISOString(), without: id })}`);
		if (!reply.ok) return place.replaceChildren();
		const all = reply.body.items as Taken[];
		const told = [...users].map(([user, name]) => {
			const own = all.filter((one) => one.user === user), clash = own.filter((one) => one.starts_at < to && one.ends_at > from);
			const times = (some: Taken[]) => some.map((one) => `${clock(one.starts_at)}–${clock(one.ends_at)}${one.title ? ` ${one.title}` : ""}`).join(", ");
			if (clash.length) return line(`${name}: ${text("busyNow")} ${times(clash)}`, true);
			return line(own.length ? `${name}: ${text("busyFree")}; ${text("busyDay")} ${times(own)}` : `${name}: ${text("busyFree")}`);
		});
		place.replaceChildren(...told);
	}
	const soon = (): void => {
		const now = [starts, field("ends_at"), people, field("owner")].map((one) => one?.value ?? "").join("|");
		if (now === asked) return;
		asked = now;
		clearTimeout(due);
		due = setTimeout(() => void look(), WAIT_MS);
	};
	for (const event of ["input", "change", "focusout"]) document.querySelector("form.edit")?.addEventListener(event, () => setTimeout(soon));
	soon();
}
